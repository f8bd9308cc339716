import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import type { JSONWebKeySet, JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordSignOut } from '../../activities/store/sign-outs.ts';
import { chatClientId, isFirstParty, mcpServerClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInAtClient } from '../support/client-sign-in.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const agent = 'an-agent';

let server: TestAuthServer;

beforeAll(async () => {
  server = await startAuthServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.mint.refuse = undefined;
});

interface TokenInput {
  email?: string;
  clientId?: string;
  scope?: string;
  audience?: string | string[];
  issuer?: string;
  seconds?: number;
  issuedSecondsAgo?: number;
  key?: JWK;
  /** Names the sign-in that it belongs to, as every token does. */
  signedIn?: boolean;
}

/** A token as a caller sends it to the tools. */
async function toolsToken(input: TokenInput = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000) - (input.issuedSecondsAgo ?? 0);
  const subject = await server.subjectOf(input.email ?? 'user@example.com');
  const clientId = input.clientId ?? agent;
  const sid =
    isFirstParty(clientId) || input.signedIn === false
      ? undefined
      : await signInAtClient(server.db, { subject, clientId });
  return new SignJWT({ client_id: clientId, scope: input.scope ?? 'none', ...(sid === undefined ? {} : { sid }) })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: (input.key ?? server.baseKey).kid ?? '' })
    .setIssuer(input.issuer ?? server.issuer)
    .setAudience(input.audience ?? server.mcpResource)
    .setSubject(subject)
    .setJti(randomUUID())
    .setIssuedAt(iat)
    .setExpirationTime(iat + (input.seconds ?? 300))
    .sign(await importJWK(input.key ?? server.baseKey, 'ES256'));
}

interface Answer {
  status: number;
  body: { error?: string; access_token: string; scope: string; expires_in: number } & Record<string, unknown>;
}

/** Asks as the MCP server does. A parameter that is undefined is left out. */
async function exchange(subjectToken: string, change: Record<string, string | undefined> = {}): Promise<Answer> {
  const parameters = {
    grant_type: grantType,
    client_id: mcpServerClientId,
    client_secret: server.mcpServerSecret,
    subject_token: subjectToken,
    subject_token_type: accessToken,
    resource: server.apiResource,
    ...change,
  };
  const given = Object.entries(parameters).filter((one): one is [string, string] => one[1] !== undefined);
  const response = await fetch(`${server.issuer}/oauth/token`, { method: 'POST', body: new URLSearchParams(given) });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function audited(type: 'token.exchanged' | 'token.refused') {
  return server.ownerDb.selectFrom('audit_events').selectAll().where('type', '=', type).execute();
}

describe('the MCP server exchanges a token', () => {
  test('of the tools for a short one of the API, of the same person and client', async () => {
    const subjectToken = await toolsToken();
    const { status, body } = await exchange(subjectToken);
    expect([status, body]).toMatchObject([
      200,
      { issued_token_type: accessToken, token_type: 'Bearer', scope: 'none', expires_in: 60 },
    ]);
    expect(body).not.toHaveProperty('refresh_token');
    const jwks = (await (await fetch(`${server.issuer}/oauth/jwks`)).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(body.access_token, createLocalJWKSet(jwks), { typ: 'at+jwt' });
    expect(payload).toMatchObject({
      iss: server.issuer,
      aud: server.apiResource,
      sub: await server.subjectOf('user@example.com'),
      client_id: agent,
      act: { sub: mcpServerClientId },
      scope: 'none',
    });
    const bearer = { headers: { authorization: `Bearer ${body.access_token}` } };
    expect((await fetch(`${server.issuer}/api/user-status`, bearer)).status).toBe(200);
    expect((await audited('token.exchanged')).at(-1)).toMatchObject({
      subject: payload.sub,
      client_id: agent,
      data: { jti: payload.jti, subject_jti: decodeJwt(subjectToken).jti, act: mcpServerClientId },
    });
  });

  test('for one that ends no later than the token it was exchanged for', async () => {
    const { body } = await exchange(await toolsToken({ seconds: 20 }));
    expect(body.expires_in).toBeLessThanOrEqual(20);
  });

  test('and gets what that person and client hold for the API now, signed by the mint, while it lives', async () => {
    const subjectToken = await toolsToken({ email: 'admin@example.com' });
    const grantId = await server.grant({ email: 'admin@example.com', clientId: agent, scopes: ['approve:requests'] });
    await server.grant({ email: 'admin@example.com', clientId: agent, scopes: ['read:files'] });
    const { body } = await exchange(subjectToken);
    expect(body.scope).toBe('none approve:requests');
    expect(decodeProtectedHeader(body.access_token).kid).toBe(server.mintKid);
    expect(decodeJwt(body.access_token)).toMatchObject({
      aud: server.apiResource,
      act: { sub: mcpServerClientId },
      scope: 'none approve:requests',
    });
    expect((await exchange(subjectToken, { scope: 'none' })).body.scope).toBe('none');
    await server.endGrant(grantId);
    const after = await exchange(subjectToken);
    expect([after.body.scope, decodeProtectedHeader(after.body.access_token).kid]).toEqual(['none', 'base-1']);
  });

  test("and gets nothing of another client's or another person's grants", async () => {
    await server.grant({ email: 'admin@example.com', clientId: 'another-agent', scopes: ['approve:requests'] });
    await server.grant({ email: 'manager@example.com', clientId: 'lonely-agent', scopes: ['approve:requests'] });
    const { body } = await exchange(await toolsToken({ email: 'admin@example.com', clientId: 'lonely-agent' }));
    expect(body.scope).toBe('none');
  });

  test('and where the mint refuses the scope is honest, where it is down there is no token', async () => {
    const subjectToken = await toolsToken({ email: 'admin@example.com', clientId: 'mint-agent' });
    await server.grant({ email: 'admin@example.com', clientId: 'mint-agent', scopes: ['approve:requests'] });
    server.mint.refuse = new DomainError('insufficient_scope', 'The grant has ended.');
    const base = await exchange(subjectToken);
    expect([base.body.scope, decodeJwt(base.body.access_token)['scope']]).toEqual(['none', 'none']);
    server.mint.refuse = new DomainError('temporarily_unavailable', 'The mint is down.');
    const before = (await audited('token.refused')).length;
    const down = await exchange(subjectToken);
    expect([down.status >= 400, down.body.error]).toEqual([true, 'temporarily_unavailable']);
    await expect.poll(async () => (await audited('token.refused')).length).toBe(before + 1);
  });
});

describe('an exchange is refused', () => {
  /** A genuine subject token and the parameters that are changed. */
  const ways: [string, () => Promise<Record<string, string | undefined>>, string][] = [
    [
      'to the chat',
      () => changed({ client_id: chatClientId, client_secret: server.chatClientSecret }),
      'invalid_request',
    ],
    ['with a wrong secret', () => changed({ client_secret: 'x'.repeat(43) }), 'invalid_client'],
    ['without a secret', () => changed({ client_secret: undefined }), 'invalid_client'],
    ['to a public client', async () => changed(await publicClient()), 'invalid_request'],
    ['with an actor_token', async () => changed({ actor_token: await toolsToken() }), 'invalid_request'],
    ['with an actor_token_type', () => changed({ actor_token_type: accessToken }), 'invalid_request'],
    ['for the tools', () => changed({ resource: server.mcpResource }), 'invalid_target'],
    ['for another resource', () => changed({ resource: 'http://localhost:9/api' }), 'invalid_target'],
    ['without a resource', () => changed({ resource: undefined }), 'invalid_target'],
    ['for an audience', () => changed({ audience: server.apiResource }), 'invalid_target'],
    [
      'for an ID token',
      () => changed({ requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }),
      'invalid_request',
    ],
    ['without a subject_token', () => changed({ subject_token: undefined }), 'invalid_request'],
    [
      'of another token type',
      () => changed({ subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }),
      'invalid_request',
    ],
    ['with a scope that is not held', () => changed({ scope: 'none approve:requests' }), 'invalid_scope'],
    ['with a scope of the tools', () => changed({ scope: 'read:files' }), 'invalid_scope'],
  ];
  const changed = (change: Record<string, string | undefined>) => Promise.resolve(change);

  test.each(ways)('%s', async (_name, way, error) => {
    const before = (await audited('token.refused')).length;
    const { status, body } = await exchange(await toolsToken(), await way());
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.error).toBe(error);
    expect(body).not.toHaveProperty('access_token');
    await expect.poll(async () => (await audited('token.refused')).length).toBe(before + 1);
  });

  const tokens: [string, () => Promise<string>][] = [
    ['of the API', () => toolsToken({ audience: server.apiResource })],
    ['of several resources', () => toolsToken({ audience: [server.mcpResource, server.apiResource] })],
    ['of another issuer', () => toolsToken({ issuer: 'http://localhost:9' })],
    ['of other people’s client that names no sign-in', () => toolsToken({ signedIn: false })],
    ['that has expired', () => toolsToken({ issuedSecondsAgo: 600 })],
    ['with scopes that the base key may not sign', () => toolsToken({ scope: 'none read:files' })],
    [
      'that is base64 and no more',
      () => Promise.resolve(Buffer.from(JSON.stringify({ sub: 'admin' })).toString('base64')),
    ],
    ['without its signature', async () => (await toolsToken()).replace(/[^.]+$/, '')],
    [
      'with another signature',
      async () => [...(await toolsToken()).split('.').slice(0, 2), 'AAAA'.repeat(21) + 'AA'].join('.'),
    ],
    ['that came out of an exchange', async () => (await exchange(await toolsToken())).body.access_token],
  ];

  test.each(tokens)('for a token %s', async (_name, token) => {
    const { status, body } = await exchange(await token());
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(body).not.toHaveProperty('access_token');
  });

  test('for a disabled account, a blocked client, and a client whose person has signed out or takes it back', async () => {
    const subject = await server.subjectOf('auditor@example.com');
    const setDisabled = (at: Date | null) =>
      server.ownerDb.updateTable('people').set({ disabled_at: at }).where('subject', '=', subject).execute();
    const token = await toolsToken({ email: 'auditor@example.com' });
    await setDisabled(new Date());
    expect((await exchange(token)).body.error).toBe('invalid_request');
    await setDisabled(null);
    expect((await exchange(token)).status).toBe(200);

    const old = { email: 'auditor@example.com', issuedSecondsAgo: 60 };
    await recordSignOut(server.db, subject, new Date());
    expect((await exchange(await toolsToken({ ...old, clientId: chatClientId }))).body.error).toBe('invalid_request');
    expect((await exchange(await toolsToken(old))).body.error).toBe('invalid_request');
    const after = await toolsToken({ email: 'auditor@example.com', issuedSecondsAgo: -1 });
    expect((await exchange(after)).status).toBe(200);

    for (const clientId of [agent, mcpServerClientId]) {
      await server.ownerDb
        .insertInto('client_states')
        .values({ client_id: clientId, blocked_at: new Date(), blocked_by: subject, block_reason: 'a test' })
        .execute();
      expect((await exchange(after)).body.error).toBe('invalid_request');
      await server.ownerDb.deleteFrom('client_states').where('client_id', '=', clientId).execute();
    }
    expect((await exchange(after)).status).toBe(200);
    await server.ownerDb.deleteFrom('client_consents').where('subject', '=', subject).execute();
    expect((await exchange(after)).body.error).toBe('invalid_request');
  });

  test('to whoever registers with it, who cannot', async () => {
    const response = await register({ grant_types: ['authorization_code', grantType] });
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_client_metadata' }]);
  });
});

async function register(metadata: object): Promise<Response> {
  return fetch(`${server.issuer}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:7000/callback'], ...metadata }),
  });
}

async function publicClient(): Promise<Record<string, string | undefined>> {
  const { client_id: clientId } = (await (await register({})).json()) as { client_id: string };
  return { client_id: clientId, client_secret: undefined };
}
