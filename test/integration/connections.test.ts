import { randomUUID } from 'node:crypto';
import { decodeJwt, importJWK, SignJWT } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../api/contract/connections.ts';
import { signedIn } from '../support/visitor.ts';
import { signInAtClient } from '../support/client-sign-in.ts';
import { newDpopKey } from '../support/dpop.ts';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { startProduct, type Product } from '../support/product.ts';
import { stayingSignedIn, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

let product: Product;
let clients: ThirdPartyClients;
const person = 'demo@example.com';

const subjectOf = async (email: string): Promise<string> =>
  (await product.ownerDb.selectFrom('people').select('subject').where('email', '=', email).executeTakeFirstOrThrow())
    .subject;

beforeAll(async () => {
  product = await startProduct();
  clients = thirdPartyClients({ ...product, db: product.database.db, subjectOf });
}, 120_000);
afterAll(() => product.stop());

async function connected(name: string) {
  const client = await clients.newClient({ client_name: name, countersign_authorization_errors: 'in_band' });
  const { tokens, browser } = await clients.connect(person, client, {
    ...stayingSignedIn,
    scope: 'offline_access none',
  });
  const call = (tool: string): Promise<Response> =>
    fetch(product.mcpResource, {
      method: 'POST',
      headers: { ...mcpClientHeaders, authorization: `Bearer ${tokens.access_token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: {} } }),
    });
  return {
    client,
    browser,
    call,
    clientId: client.clientMetadata().client_id,
    refreshToken: tokens.refresh_token ?? '',
  };
}

const connectionsOf = (body: Readonly<Record<string, unknown>>) => body['connections'] as ConnectionView[];

describe('the clients that a person lets act for them', () => {
  it('are listed, and one taken back is over at once, with what it holds and asked for', async () => {
    const kept = await connected('Kept');
    const gone = await connected('Gone');
    // Granted at once by policy, and waiting for an admin.
    for (const { call } of [kept, gone]) for (const tool of ['list_files', 'list_users']) await call(tool);
    const page = await signedIn(product.chatUrl, person);
    const listed = connectionsOf((await page.get('/api/access/connections')).body);
    expect(listed.map(({ name }) => name)).toEqual(['Gone', 'Kept']);
    expect(listed[0]).toMatchObject({
      client_id: gone.clientId,
      host: null,
      stays_connected: true,
      sign_ins: 1,
      active_grants: 1,
      last_used_at: expect.any(String) as string,
    });

    const answer = await page.post(`/api/access/connections/${encodeURIComponent(gone.clientId)}/disconnect`);
    expect([answer.status, connectionsOf(answer.body).map(({ name }) => name)]).toEqual([200, ['Kept']]);
    expect((await gone.call('get_server_info')).status).toBe(401);
    await expect(oauth.refreshTokenGrant(gone.client, gone.refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const requests = product.ownerDb.selectFrom('scope_requests').select(['status', 'scopes']);
    expect(await requests.where('client_id', '=', gone.clientId).orderBy('created_at').execute()).toEqual([
      { status: 'approved', scopes: ['read:files'] },
      { status: 'cancelled', scopes: ['admin:users'] },
    ]);
    const grants = product.ownerDb.selectFrom('grants').select('end_reason');
    expect(await grants.where('client_id', '=', gone.clientId).execute()).toEqual([{ end_reason: 'returned' }]);
    const audited = await product.ownerDb
      .selectFrom('audit_events')
      .select(['actor', 'data'])
      .where('type', '=', 'client.disconnected')
      .execute();
    expect(audited).toEqual([{ actor: await subjectOf(person), data: { requests: 1, grants: 1 } }]);
    const { text } = await clients.consentPage(gone.browser, (await clients.begin(gone.client)).address);
    expect(text).toContain('Nobody has verified who it is');

    expect((await kept.call('list_files')).status).toBe(200);
    expect(await grants.where('client_id', '=', kept.clientId).execute()).toEqual([{ end_reason: null }]);
  });

  it('are nobody else’s, and no client’s, to see or to end', async () => {
    const { clientId, call } = await connected('Watched');
    const other = await signedIn(product.chatUrl, 'user@example.com');
    expect(connectionsOf((await other.get('/api/access/connections')).body)).toEqual([]);
    const path = `/api/access/connections/${clientId}/disconnect`;
    expect((await other.post(path)).status).toBe(404);
    expect((await other.post('/api/access/connections/countersign-chat/disconnect')).status).toBe(404);
    const sid = await signInAtClient(product.ownerDb, { subject: await subjectOf(person), clientId });
    const token = await new SignJWT({ client_id: clientId, scope: 'none', sid })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: product.baseKey.kid ?? '' })
      .setIssuer(product.issuer)
      .setAudience(`${product.issuer}/api`)
      .setSubject(await subjectOf(person))
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(await importJWK(product.baseKey, 'ES256'));
    for (const [method, of] of [
      ['GET', '/api/connections'],
      ['POST', `/api/connections/${clientId}/disconnect`],
    ] as const) {
      const response = await fetch(product.issuer + of, { method, headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'client_not_allowed' });
    }
    expect((await call('get_server_info')).status).toBe(200);
  });
});

describe('a token for the API', () => {
  const apiOf = () => `${product.issuer}/api`;

  /** A client whose tokens are bound to its key, with one for the API. */
  async function withApiToken() {
    const key = await newDpopKey();
    const client = await clients.newClient();
    const { browser } = await clients.connect(person, client);
    const { address, checks } = await clients.begin(client, { resource: apiOf(), scope: 'none' });
    const callback = new URL((await browser.follow(address.href)).headers.get('location') ?? '');
    const DPoP = key.handleOf(client);
    const { access_token: token } = await oauth.authorizationCodeGrant(
      client,
      callback,
      checks,
      { resource: apiOf() },
      { DPoP },
    );
    const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Response> => {
      const url = `${apiOf()}${path}`;
      const headers = { authorization: `DPoP ${token}`, dpop: await key.proof({ method, url, token }) };
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      return fetch(url, { method, headers: { ...headers, 'content-type': 'application/json' }, ...json });
    };
    return { key, token, ask, clientId: client.clientMetadata().client_id };
  }

  it('gets new tokens for the tools that belong to its sign-in and are bound to its key', async () => {
    const { key, token, ask } = await withApiToken();
    const response = await ask('POST', '/upgrade-scope', { scopes: ['read:files'] });
    const { new_token: newToken } = (await response.json()) as { new_token: string };
    expect(decodeJwt(newToken)).toMatchObject({
      scope: 'none read:files',
      sid: decodeJwt(token)['sid'],
      cnf: { jkt: key.jkt },
    });
  });

  it('reads no more events once its client is disconnected', async () => {
    const { ask, clientId } = await withApiToken();
    const stream = await ask('GET', '/events');
    expect(stream.status).toBe(200);
    const reading = stream.text();
    const page = await signedIn(product.chatUrl, person);
    expect((await page.post(`/api/access/connections/${clientId}/disconnect`)).status).toBe(200);
    expect(await reading).toContain('event: hello');
  });
});
