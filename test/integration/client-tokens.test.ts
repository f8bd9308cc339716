import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../workflows/domain/errors.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { stayingSignedIn, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

let server: TestAuthServer;
let clients: ThirdPartyClients;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
});
afterAll(() => server.stop());
afterEach(() => {
  server.mint.refuse = undefined;
});

describe('codes and PKCE (RFC 9700)', () => {
  test.each([{ code_challenge: '', code_challenge_method: '' }, { code_challenge_method: 'plain' }])(
    'refuses %o',
    async (parameters) => {
      const { address } = await clients.begin(await clients.newClient(), parameters);
      for (const [name, value] of Object.entries(parameters)) if (value === '') address.searchParams.delete(name);
      const response = await testBrowser().fetch(address.href);
      expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    },
  );

  test('a code counts once, with its own verifier, for its own client', async () => {
    const client = await clients.newClient();
    const { callback, checks } = await clients.connect('user@example.com', client);
    const exchange = (of: oauth.Configuration, at: URL, withChecks: typeof checks) =>
      oauth.authorizationCodeGrant(of, at, withChecks, { resource: server.mcpResource });
    await expect(exchange(client, callback, checks)).rejects.toMatchObject({ error: 'invalid_grant' });

    const fresh = async () => {
      const browser = testBrowser();
      await signInWith(browser, server.issuer, 'user@example.com');
      const flow = await clients.begin(client);
      const done = await browser.follow(flow.address.href);
      return { callback: new URL(done.headers.get('location') ?? ''), checks: flow.checks };
    };
    const one = await fresh();
    const wrong = { ...one.checks, pkceCodeVerifier: oauth.randomPKCECodeVerifier() };
    await expect(exchange(client, one.callback, wrong)).rejects.toMatchObject({ error: 'invalid_grant' });
    const two = await fresh();
    await expect(exchange(await clients.newClient(), two.callback, two.checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('no token is for a resource that is not ours', async () => {
    const client = await clients.newClient();
    const { address } = await clients.begin(client, { resource: 'https://other.example/mcp' });
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const response = await browser.fetch(address.href);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_target');
  });
});

describe('staying signed in', () => {
  test('a client that sends the same refresh token twice by itself gets one answer, and stays signed in', async () => {
    const client = await clients.newClient();
    const { tokens } = await clients.connect('user@example.com', client, stayingSignedIn);
    const twice = () => oauth.refreshTokenGrant(client, tokens.refresh_token ?? '', { resource: server.mcpResource });
    const outcomes = await Promise.allSettled([twice(), twice(), twice()]);
    const given = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    expect(given).toHaveLength(1);
    await expect(twice()).rejects.toMatchObject({ error: 'invalid_grant' });
    const next = await oauth.refreshTokenGrant(client, given[0]?.refresh_token ?? '', { resource: server.mcpResource });
    expect(next.refresh_token).toBeTruthy();
  });

  test('refresh tokens are replaced, and a replayed one ends them all', async () => {
    const client = await clients.newClient();
    const { tokens } = await clients.connect('user@example.com', client, stayingSignedIn);
    const first = tokens.refresh_token ?? '';
    const second = await oauth.refreshTokenGrant(client, first, { resource: server.mcpResource });
    expect(second.refresh_token).not.toBe(first);
    await clients.letGraceEnd();
    await expect(oauth.refreshTokenGrant(client, first)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oauth.refreshTokenGrant(client, second.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('a refresh has exactly what was asked for and is held now', async () => {
    const client = await clients.newClient();
    const { client_id: clientId } = client.clientMetadata();
    const grantId = await server.grant({ email: 'user@example.com', clientId, scopes: ['read:files'] });
    await server.grant({ email: 'user@example.com', clientId, scopes: ['execute:commands'] });
    const { tokens } = await clients.connect('user@example.com', client, stayingSignedIn);
    const scopesOf = ({ access_token: token }: { access_token: string }) => decodeJwt(token)['scope'];
    expect(scopesOf(tokens)).toBe('none read:files');
    const refresh = (token: string | undefined) =>
      oauth.refreshTokenGrant(client, token ?? '', { resource: server.mcpResource });
    server.mint.refuse = new DomainError('temporarily_unavailable', 'The mint is down.');
    const without = await refresh(tokens.refresh_token);
    expect(without.scope).not.toContain('read:files');
    server.mint.refuse = undefined;
    const second = await refresh(without.refresh_token);
    expect(scopesOf(second)).toBe('none read:files');
    await server.endGrant(grantId);
    expect(scopesOf(await refresh(second.refresh_token))).toBe('none');
  });

  test('takes a client that was registered for it, and ends when the token is revoked (RFC 7009)', async () => {
    const client = await clients.newClient();
    const { tokens } = await clients.connect('user@example.com', client, stayingSignedIn);
    await oauth.tokenRevocation(client, tokens.refresh_token ?? '');
    await expect(oauth.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const unable = await clients.newClient({ grant_types: ['authorization_code'] });
    const { tokens: short } = await clients.connect('user@example.com', unable, stayingSignedIn);
    expect(short.refresh_token).toBeUndefined();
  });

  test('ends when an admin blocks the client', async () => {
    const client = await clients.newClient();
    const { tokens } = await clients.connect('user@example.com', client, stayingSignedIn);
    await clients.block(client);
    await expect(oauth.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'unauthorized_client',
    });
  });
});
