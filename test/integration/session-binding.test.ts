import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditType } from '../../activities/store/audit.ts';
import { runChecked } from '../../activities/store/checked-function.ts';
import { ownClientIds } from '../../workflows/domain/clients.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith } from '../support/browser.ts';
import { stayingSignedIn, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';
import { startToolsOf, type ToolsOf } from '../support/tools-of.ts';

let server: TestAuthServer;
let clients: ThirdPartyClients;
let tools: ToolsOf;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
  tools = await startToolsOf(server);
});
afterAll(async () => {
  await tools.stop();
  await server.stop();
});

const person = 'user@example.com';

/** A client that is not ours, with a token that may read files, a base token, and what renews them. */
async function connected() {
  const client = await clients.newClient();
  const { client_id: clientId } = client.clientMetadata();
  await server.grant({ email: person, clientId, scopes: ['read:files', 'execute:commands'] });
  const scope = `${stayingSignedIn.scope} execute:commands`;
  const flow = await clients.connect(person, client, { ...stayingSignedIn, scope });
  const { access_token: token, refresh_token: refreshToken = '' } = flow.tokens;
  expect(decodeJwt(token)).toMatchObject({
    scope: 'none read:files execute:commands',
    sid: expect.any(String) as string,
  });
  const renewed = await oauth.refreshTokenGrant(client, refreshToken, { resource: server.mcpResource, scope: 'none' });
  return {
    client,
    clientId,
    browser: flow.browser,
    token,
    baseToken: renewed.access_token,
    refreshToken: renewed.refresh_token ?? '',
  };
}

type Connected = Awaited<ReturnType<typeof connected>>;

async function statuses({ token, baseToken }: Connected): Promise<number[]> {
  const answers = [await tools.call(token, 'list_files'), await tools.call(baseToken, 'get_server_info')];
  return answers.map(({ status }) => status);
}

async function expectOver(one: Connected): Promise<void> {
  expect(await statuses(one)).toEqual([401, 401]);
  await expect(
    oauth.refreshTokenGrant(one.client, one.refreshToken, { resource: server.mcpResource }),
  ).rejects.toMatchObject({ error: 'invalid_grant' });
}

const audited = (clientId: string, type: AuditType) =>
  server.db
    .selectFrom('audit_events')
    .select(['actor', 'subject', 'data'])
    .where('client_id', '=', clientId)
    .where('type', '=', type)
    .execute();

const endsOf = ({ clientId }: Connected) => audited(clientId, 'client.sign_in_ended');

function signOut(browser: Connected['browser']): Promise<Response> {
  return browser.fetch(`${server.issuer}/auth/sign-out`, { method: 'POST', headers: { origin: server.issuer } });
}

describe('the token of a client that is not ours', () => {
  test('ends at once when the person signs out, with its refresh token, and grants wait for the next sign-in', async () => {
    const one = await connected();
    expect(await statuses(one)).toEqual([200, 200]);
    expect((await signOut(one.browser)).status).toBe(204);
    await expectOver(one);
    await signInWith(one.browser, server.issuer, person);
    const { address, checks } = await clients.begin(one.client, { scope: 'none read:files' });
    const answer = await one.browser.follow(address.href);
    const callback = new URL(answer.headers.get('location') ?? '');
    const again = await oauth.authorizationCodeGrant(one.client, callback, checks, { resource: server.mcpResource });
    expect((await tools.call(again.access_token, 'list_files')).status).toBe(200);
  });

  test('ends when it is revoked (RFC 7009), for this sign-in alone', async () => {
    const one = await connected();
    const other = await connected();
    await oauth.tokenRevocation(one.client, one.refreshToken);
    await expectOver(one);
    expect(await endsOf(one)).toMatchObject([{ actor: 'client', data: { reason: 'revoked_by_client' } }]);
    expect(await endsOf(other)).toEqual([]);
    expect(await statuses(other)).toEqual([200, 200]);
  });

  test('ends when the access token itself is revoked, by its own client alone', async () => {
    const one = await connected();
    const other = await connected();
    const revoke = (client: oauth.Configuration, token: string): Promise<Response> =>
      fetch(`${server.issuer}/oauth/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ token, client_id: client.clientMetadata().client_id }),
      });
    const [head = '', claims = ''] = one.token.split('.');
    const forged = `${head}.${claims}.${'A'.repeat(86)}`;
    for (const [client, token] of [
      [other.client, one.token],
      [one.client, forged],
    ] as const) {
      expect((await revoke(client, token)).status).toBe(200);
    }
    const stranger = new URLSearchParams({ token: one.token, client_id: 'nobody' });
    expect((await fetch(`${server.issuer}/oauth/revoke`, { method: 'POST', body: stranger })).status).toBe(401);
    expect(await statuses(one)).toEqual([200, 200]);
    expect(await revoke(one.client, one.baseToken)).toMatchObject({ status: 200 });
    await expectOver(one);
    expect(await endsOf(one)).toMatchObject([{ actor: 'client', data: { reason: 'revoked_by_client' } }]);
    expect(await statuses(other)).toEqual([200, 200]);
  });

  test('ends when its refresh token is replayed: somebody else has it', async () => {
    const one = await connected();
    await oauth.refreshTokenGrant(one.client, one.refreshToken, { resource: server.mcpResource });
    await clients.letGraceEnd();
    await expect(oauth.refreshTokenGrant(one.client, one.refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expectOver(one);
    expect(await endsOf(one)).toMatchObject([{ actor: 'system', data: { reason: 'replayed' } }]);
  });

  test('is recorded when it begins', async () => {
    const { clientId } = await connected();
    const subject = await server.subjectOf(person);
    expect(await audited(clientId, 'client.signed_in')).toMatchObject([{ actor: subject, subject }]);
  });

  test('ends when somebody else signs in to the browser that it came of, and not when the same person does', async () => {
    const one = await connected();
    await signInWith(one.browser, server.issuer, person);
    expect(await statuses(one)).toEqual([200, 200]);
    // That sign-in is another one than the token came of; this one is of it.
    const flow = await clients.begin(one.client, { scope: 'none' });
    const answer = await one.browser.follow(flow.address.href);
    const callback = new URL(answer.headers.get('location') ?? '');
    const tokens = await oauth.authorizationCodeGrant(one.client, callback, flow.checks, {
      resource: server.mcpResource,
    });
    await signInWith(one.browser, server.issuer, 'demo@example.com');
    expect((await tools.call(tokens.access_token, 'get_server_info')).status).toBe(401);
    expect(await endsOf(one)).toMatchObject([{ data: { reason: 'somebody_else_signed_in' } }]);
  });

  test('is not taken for a sign-in that is not its own', async () => {
    const one = await connected();
    const other = await connected();
    await server.db
      .updateTable('client_sign_ins')
      .set({ ended_at: new Date() })
      .where('sign_in_id', '=', String(decodeJwt(other.token)['sid']))
      .execute();
    expect(await statuses(other)).toEqual([401, 401]);
    expect(await statuses(one)).toEqual([200, 200]);
  });
});

test('the serving role revives no sign-in that has ended, nor removes it to make it anew', async () => {
  const one = await connected();
  await signOut(one.browser);
  const id = String(decodeJwt(one.token)['sid']);
  for (const attempt of [
    () => server.db.updateTable('client_sign_ins').set({ ended_at: null }).where('sign_in_id', '=', id).execute(),
    () =>
      server.db
        .updateTable('client_sign_ins')
        .set({ ended_at: new Date(0) })
        .where('sign_in_id', '=', id)
        .execute(),
    () => server.db.deleteFrom('client_sign_ins').where('sign_in_id', '=', id).execute(),
  ]) {
    await expect(attempt()).rejects.toThrow(/a sign-in that has ended/);
  }
  expect(await statuses(one)).toEqual([401, 401]);
});

test.each(ownClientIds)('%s is told of refusals as it is, whatever the serving role says', async (clientId) => {
  const attempt = runChecked(server.db, sql`register_client_authorization_errors(${clientId}, 'in_band')`);
  await expect(attempt).rejects.toMatchObject({ code: 'first_party_client' });
});

test('no client of other people signs its person out, here and elsewhere', async () => {
  const one = await connected();
  const client = await clients.newClient();
  const { tokens } = await clients.connect(person, client, { resource: server.apiResource });
  const response = await fetch(`${server.issuer}/auth/sign-out`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: 'client_not_allowed' });
  expect((await one.browser.fetch(`${server.issuer}/api/user-status`)).status).toBe(200);
  expect(await statuses(one)).toEqual([200, 200]);
});

test('nothing is minted for a sign-in that has ended, nor for the sign-in of another client', async () => {
  const one = await connected();
  const other = await connected();
  const signedFor = (sid: string, of: Connected) => {
    const claims = { ...decodeJwt(of.token), jti: crypto.randomUUID(), sid };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    return server.sign(`${encode({ alg: 'ES256', typ: 'at+jwt', kid: server.mintKid })}.${encode(claims)}`);
  };
  const sid = String(decodeJwt(one.token)['sid']);
  expect((await signedFor(sid, one)).byteLength).toBe(64);
  await expect(signedFor(sid, other)).rejects.toMatchObject({ code: 'insufficient_scope' });
  await signOut(one.browser);
  await expect(signedFor(sid, one)).rejects.toMatchObject({ code: 'insufficient_scope' });
});
