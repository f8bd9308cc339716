import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { decodeJwt, SignJWT, importJWK } from 'jose';
import * as oauth from 'openid-client';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activatePolicy } from '../../activities/policy/activate-policy-file.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { addResourceServer, removeResourceServers } from '../../activities/store/resource-servers.ts';
import { introspectionSchema, type Introspection } from '../../api/contract/introspection.ts';
import { introspectionRoutes } from '../../api/introspection/routes.ts';
import { endRequest, openRequest } from '../../activities/store/requests.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { addNotes, policyWithNotes } from '../support/notes-resource.ts';
import { thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

const notes = 'http://localhost:9000/mcp';
const email = 'user@example.com';
let server: TestAuthServer;
let clients: ThirdPartyClients;
let credentials: { clientId: string; secret: string };

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
  credentials = await addNotes(server.ownerDb, notes);
});
afterAll(() => server.stop());

function post(body: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.issuer}/oauth/introspect`, { method: 'POST', headers, body: new URLSearchParams(body) });
}

const basic = ({ clientId, secret } = credentials): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

async function look(token: string, context: Record<string, string> = {}, as = credentials): Promise<Introspection> {
  const response = await post({ token, ...context }, basic(as));
  expect(response.status, await response.clone().text()).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return introspectionSchema.parse(await response.json());
}

/** A client that signed somebody in, with a grant of `write:notes` and a token for `resource`. */
async function connected(resource = notes, scopes = ['write:notes'], who = email) {
  const client = await clients.newClient();
  const { client_id: clientId } = client.clientMetadata();
  const grantId = await server.grant({ email: who, clientId, scopes });
  const scope = ['openid offline_access none', ...scopes].join(' ');
  const { tokens } = await clients.connect(who, client, { resource, scope, prompt: 'consent' });
  return { client, clientId, grantId, tokens, token: tokens.access_token };
}

const audited = (type: string) =>
  server.db.selectFrom('audit_events').selectAll().where('type', '=', type).orderBy('position', 'desc').execute();

describe('a token for another resource server', () => {
  test('is told with what it is good for now', async () => {
    const { token, clientId, grantId } = await connected();
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ aud: notes, scope: 'none write:notes' });
    expect(await look(token)).toMatchObject({
      active: true,
      scope: 'none write:notes',
      client_id: clientId,
      sub: await server.subjectOf(email),
      username: email,
      iss: server.issuer,
      aud: notes,
      jti: claims.jti,
      token_type: 'Bearer',
      grants: [{ scope: 'write:notes', grant_id: grantId }],
      approval_types: { 'read:notes': 'auto', 'write:notes': 'admin_required' },
      tools: { add_note: 'write:notes' },
      in_band: false,
    });
  });

  test('loses a scope in the moment its grant ends', async () => {
    const { token, grantId } = await connected();
    await server.endGrant(grantId);
    expect(await look(token)).toMatchObject({ active: true, scope: 'none', grants: [] });
  });

  test('is no token at the tools, at the API or at another server', async () => {
    const { token } = await connected();
    const other = await addResourceServer(server.ownerDb, 'other', new Date());
    expect(await look(token, {}, other)).toEqual({ active: false });
    const api = await fetch(`${server.issuer}/api/user-status`, { headers: { authorization: `Bearer ${token}` } });
    expect(api.status).toBe(401);
  });

  test.each([
    ['the tools', () => server.mcpResource, ['read:files']],
    ['the API', () => server.apiResource, ['approve:requests']],
  ])('one for %s is none here', async (_what, resource, scopes) => {
    expect(await look((await connected(resource(), scopes)).token)).toEqual({ active: false });
  });

  test('holds no scope of another resource, whoever asks for it', async () => {
    const { token } = await connected(notes, ['write:notes', 'read:files', 'other:scope']);
    expect(decodeJwt(token)['scope']).toBe('none write:notes');
  });

  test('comes by refresh too, for the resource that was granted', async () => {
    const { client, tokens } = await connected();
    const again = await oauth.refreshTokenGrant(client, tokens.refresh_token ?? '', { resource: notes });
    expect(await look(again.access_token)).toMatchObject({ active: true, scope: 'none write:notes' });
    await expect(
      oauth.refreshTokenGrant(client, again.refresh_token ?? '', { resource: server.mcpResource }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
  });

  test.each([`${notes}/`, 'http://localhost:9001/mcp', 'https://evil.example/mcp'])(
    'is not to be had for %s, which no policy names',
    async (resource) => {
      const { address } = await clients.begin(await clients.newClient(), { resource });
      const browser = testBrowser();
      await signInWith(browser, server.issuer, email);
      const response = await browser.fetch(address.href);
      expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_target');
    },
  );
});

describe('not active', () => {
  test('a refresh token, a made-up one, one of another key', async () => {
    const { tokens, token } = await connected();
    const [header, payload] = token.split('.');
    const forged = await new SignJWT({ ...decodeJwt(token), scope: 'none write:notes' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'base-1' })
      .sign(await importJWK(server.baseKey, 'ES256'));
    for (const bad of [tokens.refresh_token ?? '', 'nothing', `${header}.${payload}.AAAA`, forged])
      expect(await look(bad)).toEqual({ active: false });
  });

  test('an ID token, one that has ended', async () => {
    const { tokens, token } = await connected();
    expect(await look(tokens.id_token ?? '')).toEqual({ active: false });
    const ended = await new SignJWT({ ...decodeJwt(token), scope: 'none', exp: Math.floor(Date.now() / 1_000) - 1 })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'base-1' })
      .sign(await importJWK(server.baseKey, 'ES256'));
    expect(await look(ended)).toEqual({ active: false });
  });

  test('a token of a blocked client', async () => {
    const { client, token } = await connected();
    await clients.block(client);
    expect(await look(token)).toEqual({ active: false });
  });

  test('a token of a person whose account is closed', async () => {
    const { token } = await connected(notes, ['write:notes'], 'manager@example.com');
    expect(await look(token)).toMatchObject({ active: true });
    const closed = (at: Date | null) =>
      server.ownerDb
        .updateTable('people')
        .set({ disabled_at: at })
        .where('email', '=', 'manager@example.com')
        .execute();
    await closed(new Date());
    expect(await look(token)).toEqual({ active: false });
    await closed(null);
  });
});

test('a token is nothing at another resource server either once its sign-in has ended', async () => {
  const { client, tokens, token } = await connected();
  expect(await look(token)).toMatchObject({ active: true });
  await oauth.tokenRevocation(client, tokens.refresh_token ?? '');
  expect(await look(token)).toEqual({ active: false });
});

describe('a call that is about to begin', () => {
  const call = { tool_name: 'add_note', tool_scope: 'write:notes', argument_digest: 'a'.repeat(64) };

  test('is recorded under its grant, with the digest of its arguments', async () => {
    const { token, grantId, clientId } = await connected();
    expect(await look(token, call)).toMatchObject({
      call: { allowed: true, scope: 'write:notes', grant_id: grantId },
    });
    const [entry] = await audited('tool.called');
    expect(entry).toMatchObject({
      actor: await server.subjectOf(email),
      client_id: clientId,
      grant_id: grantId,
      scopes: ['write:notes'],
      data: { tool: 'add_note', resource: 'notes', argument_digest: call.argument_digest },
    });
  });

  test('is refused and recorded when the grant has ended', async () => {
    const { token, grantId } = await connected();
    await server.endGrant(grantId);
    const before = (await audited('tool.called')).length;
    expect(await look(token, call)).toMatchObject({ active: true, scope: 'none', call: { allowed: false } });
    expect(await audited('tool.called')).toHaveLength(before);
    expect((await audited('tool.refused'))[0]).toMatchObject({ scopes: ['write:notes'], data: { tool: 'add_note' } });
  });

  test('is judged by the scope that live policy names for the tool, whatever its server says', async () => {
    const { token } = await connected(notes, ['read:notes']);
    const read = { ...call, tool_scope: 'read:notes' };
    expect(await look(token, { ...read, tool_name: 'another' })).toMatchObject({ call: { allowed: true } });
    expect(await look(token, read)).toMatchObject({ call: { allowed: false, scope: 'write:notes' } });
    expect((await audited('tool.refused'))[0]).toMatchObject({ scopes: ['write:notes'], data: { tool: 'add_note' } });
  });

  test('is told of when it has ended, under its grant only', async () => {
    const { token, grantId } = await connected();
    const { grantId: foreign } = await connected();
    const ended = { ...call, tool_event: 'finished', tool_outcome: 'failed', duration_ms: '12' };
    for (const grant_id of [grantId, foreign]) {
      expect(await look(token, { ...ended, grant_id })).not.toHaveProperty('call');
      const [entry] = await audited('tool.finished');
      expect(entry).toMatchObject({ data: { tool: 'add_note', outcome: 'failed', duration_ms: 12 } });
      expect(entry?.grant_id).toBe(grant_id === grantId ? grantId : null);
    }
  });

  test('that was refused elsewhere begins nothing, whatever is held', async () => {
    const { token } = await connected();
    const before = (await audited('tool.called')).length;
    expect(await look(token, { ...call, tool_event: 'refused' })).not.toHaveProperty('call');
    expect(await audited('tool.called')).toHaveLength(before);
    expect((await audited('tool.refused'))[0]).toMatchObject({ data: { tool: 'add_note' } });
  });

  test('is refused for a scope that the token does not hold', async () => {
    const { token } = await connected();
    const read = { tool_name: 'read_notes', tool_scope: 'read:notes' };
    expect(await look(token, read)).toMatchObject({ call: { allowed: false } });
  });
});

describe('a scope of another resource', () => {
  test.each([
    ['about its refusal', {}],
    ['a call that begins', { tool_name: 'x', tool_event: 'called' }],
    ['a call that ended', { tool_name: 'set_user_roles', tool_event: 'finished', tool_outcome: 'succeeded' }],
    ['a call that was refused', { tool_name: 'x', tool_event: 'refused' }],
  ])('is 400 for the server, %s, and nothing is recorded', async (_what, call) => {
    const { token, clientId } = await connected();
    const subject = await server.subjectOf(email);
    await server.db.transaction().execute(async (trx) => {
      const what = { scopes: ['execute:commands'], toolName: null, toolArgs: null, justification: null };
      const { request } = await openRequest(trx, { subject, clientId, sessionId: null, ...what });
      const decided = { actor: subject, decidedBy: subject, note: 'Between us', at: new Date() };
      await endRequest(trx, request.request_id, { status: 'denied', ...decided });
    });
    for (const scope of ['execute:commands', 'other:scope']) {
      const form = new URLSearchParams({ token, tool_scope: scope, ...call });
      const response = await post(form.toString(), basic());
      const body = await response.text();
      expect([response.status, body]).toEqual([400, expect.not.stringContaining('Between us') as string]);
    }
    const entries = await server.db
      .selectFrom('audit_events')
      .select('type')
      .where('client_id', '=', clientId)
      .execute();
    expect(entries.map(({ type }) => type).filter((type) => type.startsWith('tool.'))).toEqual([]);
  });
});

describe('who may ask', () => {
  test('only a resource server with its secret, either way', async () => {
    const { token } = await connected();
    const { clientId, secret } = credentials;
    const ways: [Record<string, string>, Record<string, string>][] = [
      [{ token }, {}],
      [{ token }, basic({ clientId, secret: 'wrong' })],
      [{ token }, basic({ clientId: 'notes-nobody', secret })],
      [{ token }, { authorization: 'Basic ?' }],
      [{ token }, { authorization: `Bearer ${token}` }],
      [{ token, client_id: clientId, client_secret: 'wrong' }, {}],
      [{ token, client_id: 'somebody-else' }, basic()],
    ];
    for (const [body, headers] of ways) {
      const response = await post(body, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect(await response.json()).toMatchObject({ error: 'invalid_client' });
    }
    const posted = await post({ token, client_id: clientId, client_secret: secret });
    expect(await posted.json()).toMatchObject({ active: true });
    expect((await post({ token, client_secret: secret }, basic())).status).toBe(400);
  });

  test('nobody with a client that only signs people in', async () => {
    const { token } = await connected();
    const chat = { clientId: 'countersign-chat', secret: server.chatClientSecret };
    expect((await post({ token }, basic(chat))).status).toBe(401);
  });

  test('not after its credentials were removed, which the others outlive', async () => {
    const { token } = await connected();
    const second = await addResourceServer(server.ownerDb, 'notes', new Date());
    expect(await look(token, {}, second)).toMatchObject({ active: true });
    await removeResourceServers(server.ownerDb, second.clientId);
    expect((await post({ token }, basic(second))).status).toBe(401);
    expect(await look(token)).toMatchObject({ active: true });
    expect((await audited('resource_server.removed'))[0]).toMatchObject({ client_id: second.clientId });
  });

  test('the serving role writes no credentials, and the secret is stored nowhere', async () => {
    await expect(addResourceServer(server.db, 'notes', new Date())).rejects.toThrow('permission denied');
    const rows = await server.ownerDb.selectFrom('resource_servers').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(credentials.secret);
  });

  test('nothing for a resource that policy no longer names', async () => {
    const { token } = await connected();
    const shipped = await policyWithNotes('http://localhost:9999/mcp');
    await activatePolicy(server.ownerDb, parsePolicy(shipped, 'moved'), shipped);
    expect(await look(token)).toEqual({ active: false });
    const before = await policyWithNotes(notes);
    await activatePolicy(server.ownerDb, parsePolicy(before, 'as before'), before);
    expect(await look(token)).toMatchObject({ active: true });
  });
});

describe('bad questions', () => {
  test.each([
    ['no token', '', 400],
    ['a token twice', 'token=a&token=b', 400],
    ['a token that is too long', `token=${'a'.repeat(9_000)}`, 400],
    ['a body that is too large', `token=${'a'.repeat(20_000)}`, 413],
    ['a digest that is none', 'token=a&tool_name=x&tool_scope=y&argument_digest=z', 400],
  ])('%s', async (_what, body, status) => {
    const response = await post(body, basic());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('another method, JSON', async () => {
    const get = await fetch(`${server.issuer}/oauth/introspect?token=a`, { headers: basic() });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const json = await fetch(`${server.issuer}/oauth/introspect`, {
      method: 'POST',
      headers: { ...basic(), 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'a' }),
    });
    expect(json.status).toBe(400);
  });

  test('clients find the endpoint in the metadata', async () => {
    const metadata = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).toMatchObject({
      introspection_endpoint: `${server.issuer}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    });
  });

  test('a server that asks too often is told to wait, and others are not', async () => {
    const own = { ...server, now: () => new Date(), logger: pino({ level: 'silent' }) };
    const keys = { basePrivateJwk: server.baseKey, mintPublicJwk: { ...server.baseKey, kid: 'mint-1' } };
    const limits = { questions: { points: 2, duration: 60 }, mistakes: { points: 2, duration: 60 } };
    const http = createServer(express().use(introspectionRoutes({ ...own, ...keys }, limits)));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const ask = async (as: { clientId: string; secret: string }) => {
      const { port } = http.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/oauth/introspect`, {
        method: 'POST',
        headers: basic(as),
        body: new URLSearchParams({ token: 'nothing' }),
      });
      return answer.status;
    };
    const other = await addResourceServer(server.ownerDb, 'other', new Date());
    expect([await ask(credentials), await ask(credentials), await ask(credentials)]).toEqual([200, 200, 429]);
    expect(await ask(other)).toBe(200);
    http.close();
  });

  test.each(['\0', `${'x'}\0`, 'a\nb'])(
    'an id that nobody can have (%j) is a wrong one, by either way to authenticate',
    async (id) => {
      const authorization = `Basic ${Buffer.from(`${encodeURIComponent(id)}:x`).toString('base64')}`;
      for (const answer of [
        await post({ token: 'x' }, { authorization }),
        await post({ token: 'x', client_id: id, client_secret: 'x' }),
        await post({ token: 'x', client_id: credentials.clientId, client_secret: id }),
      ]) {
        expect([answer.status, await answer.json()]).toEqual([
          401,
          expect.objectContaining({ error: 'invalid_client' }),
        ]);
      }
    },
  );

  test('wrong secrets in a row are slowed down; who has the right one is not', async () => {
    const { token } = await connected();
    let last: Response | undefined;
    for (let turn = 0; turn < 40 && last?.status !== 429; turn += 1)
      last = await post({ token }, basic({ ...credentials, secret: `wrong ${turn}` }));
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await look(token)).toMatchObject({ active: true });
  });
});
