import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertChatSession } from '../../activities/store/chat-sessions.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser, type TestBrowser } from '../support/browser.ts';

let server: TestAuthServer;
let config: oauth.Configuration;

beforeAll(async () => {
  server = await startAuthServer();
  config = await oauth.discovery(new URL(server.issuer), chatClientId, server.chatClientSecret, undefined, {
    execute: [oauth.allowInsecureRequests],
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  server.mint.refuse = undefined;
});

const signIn = (browser: TestBrowser, email: string) => signInWith(browser, server.issuer, email);

interface Flow {
  address: URL;
  checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string };
}

async function begin(extra: Record<string, string> = {}): Promise<Flow> {
  const checks = {
    pkceCodeVerifier: oauth.randomPKCECodeVerifier(),
    expectedState: oauth.randomState(),
    expectedNonce: oauth.randomNonce(),
  };
  const parameters = new URLSearchParams({
    redirect_uri: `${server.chatUrl}/auth/callback`,
    scope: 'openid offline_access none',
    prompt: 'consent',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...extra,
  });
  parameters.append('resource', server.mcpResource);
  parameters.append('resource', server.apiResource);
  return { address: oauth.buildAuthorizationUrl(config, parameters), checks };
}

async function finish(browser: TestBrowser, flow: Flow, resource = server.apiResource) {
  const response = await browser.follow(flow.address.href);
  const callback = response.headers.get('location');
  expect(callback, `${response.status} ${await response.clone().text()}`).toContain(`${server.chatUrl}/auth/callback?`);
  return oauth.authorizationCodeGrant(config, new URL(callback ?? ''), flow.checks, { resource });
}

async function chatTokens(email: string) {
  const browser = testBrowser();
  await signIn(browser, email);
  const tokens = await finish(browser, await begin());
  return { browser, tokens, refreshToken: tokens.refresh_token ?? '' };
}

describe('metadata', () => {
  test.each(['openid-configuration', 'oauth-authorization-server'])('%s names the endpoints', async (name) => {
    const metadata = (await (await fetch(`${server.issuer}/.well-known/${name}`)).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      issuer: server.issuer,
      authorization_endpoint: `${server.issuer}/oauth/authorize`,
      token_endpoint: `${server.issuer}/oauth/token`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      registration_endpoint: `${server.issuer}/oauth/register`,
      authorization_response_iss_parameter_supported: true,
    });
  });

  test('the key set holds the public halves of both keys, the base key first', async () => {
    const { keys } = (await (await fetch(`${server.issuer}/oauth/jwks`)).json()) as JSONWebKeySet;
    expect(keys.map(({ kid }) => kid)).toEqual(['base-1', server.mintKid]);
    for (const key of keys) expect(Object.keys(key)).not.toContain('d');
  });
});

describe('code and PKCE', () => {
  test('a signed-in person gets to the chat without a page, with tokens of the base key', async () => {
    const { tokens } = await chatTokens('user@example.com');
    const jwks = (await (await fetch(`${server.issuer}/oauth/jwks`)).json()) as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, createLocalJWKSet(jwks), {
      issuer: server.issuer,
      audience: server.apiResource,
      typ: 'at+jwt',
    });
    expect(protectedHeader.kid).toBe('base-1');
    expect(payload).toMatchObject({
      sub: await server.subjectOf('user@example.com'),
      client_id: chatClientId,
      scope: 'none',
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect(tokens.claims()?.sub).toBe(payload.sub);
    expect(tokens.refresh_token).toBeDefined();
  });

  test('nobody signed in: the sign-in page first, then the same request goes on', async () => {
    const browser = testBrowser();
    const flow = await begin();
    const page = await browser.follow(flow.address.href);
    expect(page.status).toBe(200);
    const interaction = await browser.fetch(flow.address.href);
    const shown = await browser.fetch(new URL(interaction.headers.get('location') ?? '', server.issuer).href);
    const signInAddress = new URL(shown.headers.get('location') ?? '', server.issuer);
    expect(signInAddress.pathname).toBe('/sign-in');
    const returnTo = signInAddress.searchParams.get('return_to') ?? '';
    expect(returnTo).toMatch(/^\/interaction\/[\w-]+$/);
    await signIn(browser, 'demo@example.com');
    const done = await browser.follow(`${server.issuer}${returnTo}`);
    const tokens = await oauth.authorizationCodeGrant(
      config,
      new URL(done.headers.get('location') ?? ''),
      flow.checks,
      { resource: server.apiResource },
    );
    expect(tokens.claims()?.sub).toBe(await server.subjectOf('demo@example.com'));
  });

  test('signing in as somebody else in the same browser changes whose tokens come', async () => {
    const { browser } = await chatTokens('user@example.com');
    await signIn(browser, 'admin@example.com');
    const tokens = await finish(browser, await begin());
    expect(tokens.claims()?.sub).toBe(await server.subjectOf('admin@example.com'));
  });

  test('prompt=login asks again, also for another account', async () => {
    const { browser } = await chatTokens('user@example.com');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const flow = await begin({ prompt: 'login consent' });
    const page = await browser.follow(flow.address.href);
    expect(page.headers.get('location')).toBeNull();
    const interaction = await browser.fetch(flow.address.href);
    const interactionAddress = new URL(interaction.headers.get('location') ?? '', server.issuer).href;
    await signIn(browser, 'admin@example.com');
    const done = await browser.follow(interactionAddress);
    const tokens = await oauth.authorizationCodeGrant(
      config,
      new URL(done.headers.get('location') ?? ''),
      flow.checks,
      { resource: server.apiResource },
    );
    expect(tokens.claims()?.sub).toBe(await server.subjectOf('admin@example.com'));
  });

  test('prompt=none without a sign-in goes back with login_required', async () => {
    const response = await testBrowser().follow((await begin({ prompt: 'none' })).address.href);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  test('another redirect address is shown as a page, never followed', async () => {
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const response = await browser.follow(
      (await begin({ redirect_uri: 'http://localhost:5001/elsewhere' })).address.href,
    );
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  test('a request without PKCE, or with plain, is refused', async () => {
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    for (const change of [
      (query: URLSearchParams) => query.delete('code_challenge'),
      (query: URLSearchParams) => query.set('code_challenge_method', 'plain'),
    ]) {
      const { address } = await begin();
      change(address.searchParams);
      const response = await browser.follow(address.href);
      expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    }
  });

  test('a code works once, with its verifier and the client secret only', async () => {
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const flow = await begin();
    const callback = new URL((await browser.follow(flow.address.href)).headers.get('location') ?? '');
    const wrong = { ...flow.checks, pkceCodeVerifier: oauth.randomPKCECodeVerifier() };
    await expect(
      oauth.authorizationCodeGrant(config, callback, wrong, { resource: server.apiResource }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    const impostor = await oauth.discovery(new URL(server.issuer), chatClientId, 'guess', undefined, {
      execute: [oauth.allowInsecureRequests],
    });
    await expect(
      oauth.authorizationCodeGrant(impostor, callback, flow.checks, { resource: server.apiResource }),
    ).rejects.toMatchObject({ error: 'invalid_client' });
    await oauth.authorizationCodeGrant(config, callback, flow.checks, { resource: server.apiResource });
    await expect(
      oauth.authorizationCodeGrant(config, callback, flow.checks, { resource: server.apiResource }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('two exchanges of one code at the same time give one token', async () => {
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const flow = await begin();
    const callback = new URL((await browser.follow(flow.address.href)).headers.get('location') ?? '');
    const exchange = () =>
      oauth.authorizationCodeGrant(config, callback, flow.checks, { resource: server.apiResource });
    const outcomes = await Promise.allSettled([exchange(), exchange(), exchange()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('refresh', () => {
  test('gives a token for either resource, keeps its refresh token, and refuses other resources', async () => {
    const { refreshToken } = await chatTokens('user@example.com');
    for (const resource of [server.mcpResource, server.apiResource, server.mcpResource]) {
      const tokens = await oauth.refreshTokenGrant(config, refreshToken, { resource });
      expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: resource, scope: 'none' });
      expect(tokens.refresh_token).toBe(refreshToken);
    }
    await expect(
      oauth.refreshTokenGrant(config, refreshToken, { resource: 'http://localhost:9/mcp' }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
  });

  test('carries what is granted now, signed by the mint, and no more once it is revoked', async () => {
    const { refreshToken } = await chatTokens('user@example.com');
    const grantId = await server.grant({ email: 'user@example.com', clientId: chatClientId, scopes: ['read:files'] });
    server.mint.signed.length = 0;
    const elevated = await oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource });
    expect(decodeProtectedHeader(elevated.access_token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: server.mintKid });
    expect(decodeJwt(elevated.access_token)).toMatchObject({ aud: server.mcpResource, scope: 'none read:files' });
    expect(elevated.expires_in).toBe(300);
    expect(server.mint.signed).toHaveLength(1);
    const jwks = (await (await fetch(`${server.issuer}/oauth/jwks`)).json()) as JSONWebKeySet;
    await jwtVerify(elevated.access_token, createLocalJWKSet(jwks));

    const api = await oauth.refreshTokenGrant(config, refreshToken, { resource: server.apiResource });
    expect(decodeJwt(api.access_token)).toMatchObject({ aud: server.apiResource, scope: 'none' });

    await server.endGrant(grantId);
    const base = await oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource });
    expect(decodeProtectedHeader(base.access_token).kid).toBe('base-1');
    expect(base.scope).toBe('none');
  });

  test("another client's or another person's grant does not count", async () => {
    const { refreshToken } = await chatTokens('demo@example.com');
    await server.grant({ email: 'demo@example.com', clientId: 'countersign-dashboard', scopes: ['read:files'] });
    await server.grant({ email: 'manager@example.com', clientId: chatClientId, scopes: ['execute:commands'] });
    const tokens = await oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource });
    expect(tokens.scope).toBe('none');
  });

  test('an elevated token ends no later than its grant', async () => {
    const { refreshToken } = await chatTokens('auditor@example.com');
    await server.grant({
      email: 'auditor@example.com',
      clientId: chatClientId,
      scopes: ['read:files'],
      lifetimeMs: 30_000,
    });
    const tokens = await oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource });
    expect(tokens.scope).toBe('none read:files');
    expect(tokens.expires_in).toBeLessThanOrEqual(30);
    expect(tokens.expires_in).toBeGreaterThan(20);
  });

  test('a grant bound to a conversation counts in that conversation, and only for its owner', async () => {
    const { refreshToken } = await chatTokens('admin@example.com');
    const subject = await server.subjectOf('admin@example.com');
    await insertChatSession(server.db, { sessionId: 'mine', subject, title: 'mine' });
    await insertChatSession(server.db, {
      sessionId: 'theirs',
      subject: await server.subjectOf('user@example.com'),
      title: 'theirs',
    });
    await server.grant({
      email: 'admin@example.com',
      clientId: chatClientId,
      scopes: ['execute:commands'],
      sessionId: 'mine',
    });
    const refresh = (extra: Record<string, string>) =>
      oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource, ...extra });
    expect((await refresh({})).scope).toBe('none');
    const bound = await refresh({ session_id: 'mine' });
    expect(decodeJwt(bound.access_token)).toMatchObject({ scope: 'none execute:commands', session_id: 'mine' });
    await expect(refresh({ session_id: 'theirs' })).rejects.toMatchObject({ error: 'invalid_request' });
    await expect(refresh({ session_id: 'nowhere' })).rejects.toMatchObject({ error: 'invalid_request' });
  });

  test('where the mint refuses, the token is honest and of the base key; where it is down, refresh again', async () => {
    const { refreshToken } = await chatTokens('manager@example.com');
    await server.grant({ email: 'manager@example.com', clientId: chatClientId, scopes: ['read:files'] });
    server.mint.refuse = new DomainError('insufficient_scope', 'The grant has ended.');
    const tokens = await oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource });
    expect(decodeProtectedHeader(tokens.access_token).kid).toBe('base-1');
    expect([tokens.scope, decodeJwt(tokens.access_token)['scope']]).toEqual(['none', 'none']);
    server.mint.refuse = new DomainError('temporarily_unavailable', 'The mint is down.');
    await expect(oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource })).rejects.toMatchObject(
      { error: 'temporarily_unavailable' },
    );
    server.mint.refuse = undefined;
    expect((await oauth.refreshTokenGrant(config, refreshToken, { resource: server.mcpResource })).scope).toContain(
      'read:files',
    );
  });

  test('signing out ends the refresh token, the session and the silent way back', async () => {
    const { browser, refreshToken } = await chatTokens('demo@example.com');
    const response = await browser.fetch(`${server.issuer}/auth/sign-out`, {
      method: 'POST',
      headers: { origin: server.issuer },
    });
    expect(response.status).toBe(204);
    await expect(oauth.refreshTokenGrant(config, refreshToken, { resource: server.apiResource })).rejects.toMatchObject(
      { error: 'invalid_grant' },
    );
    expect((await browser.fetch(`${server.issuer}/api/user-status`)).status).toBe(401);
    const again = await browser.follow((await begin({ prompt: 'none' })).address.href);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  test('a disabled account gets no token', async () => {
    const { refreshToken } = await chatTokens('auditor@example.com');
    const subject = await server.subjectOf('auditor@example.com');
    await server.ownerDb
      .updateTable('people')
      .set({ disabled_at: new Date() })
      .where('subject', '=', subject)
      .execute();
    try {
      await expect(
        oauth.refreshTokenGrant(config, refreshToken, { resource: server.apiResource }),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
    } finally {
      await server.ownerDb.updateTable('people').set({ disabled_at: null }).where('subject', '=', subject).execute();
    }
  });

  test('what is stored is neither readable nor usable by itself', async () => {
    const { refreshToken } = await chatTokens('user@example.com');
    const rows = await server.db.selectFrom('oidc_payloads').selectAll().execute();
    expect(rows.length).toBeGreaterThan(0);
    const table = JSON.stringify(rows);
    expect(table).not.toContain(refreshToken);
    expect(table).not.toContain(chatClientId);
  });
});
