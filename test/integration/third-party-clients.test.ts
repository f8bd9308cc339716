import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../workflows/domain/errors.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { testBrowser, type TestBrowser } from '../support/browser.ts';

const redirectUri = 'http://127.0.0.1:9123/callback';

let server: TestAuthServer;

beforeAll(async () => {
  server = await startAuthServer();
});
afterAll(() => server.stop());
afterEach(() => {
  server.mint.refuse = undefined;
});

function register(metadata: Record<string, unknown>): Promise<Response> {
  return fetch(`${server.issuer}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'A desktop client', redirect_uris: [redirectUri], ...metadata }),
  });
}

async function newClient(metadata: Record<string, unknown> = {}): Promise<oauth.Configuration> {
  const response = await register(metadata);
  const client = (await response.json()) as { client_id: string };
  expect(response.status, JSON.stringify(client)).toBe(201);
  return oauth.discovery(new URL(server.issuer), client.client_id, undefined, oauth.None(), {
    execute: [oauth.allowInsecureRequests],
  });
}

async function signIn(browser: TestBrowser, email: string): Promise<void> {
  const response = await browser.fetch(`${server.issuer}/auth/demo-login`, {
    method: 'POST',
    body: new URLSearchParams({ email, password: 'demo' }),
  });
  expect(response.status).toBe(303);
}

async function begin(client: oauth.Configuration, extra: Record<string, string> = {}) {
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const expectedState = oauth.randomState();
  const address = oauth.buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: 'none',
    resource: server.mcpResource,
    state: expectedState,
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...extra,
  });
  return { address, checks: { pkceCodeVerifier, expectedState } };
}

/** The consent page that an authorization request leads to: its address and what it says. */
async function consentPage(browser: TestBrowser, address: URL): Promise<{ url: string; text: string }> {
  let url = address.href;
  let page = await browser.fetch(url);
  for (let location = page.headers.get('location'); location !== null; location = page.headers.get('location')) {
    url = new URL(location, url).href;
    page = await browser.fetch(url);
  }
  return { url, text: await page.text() };
}

function answer(
  browser: TestBrowser,
  url: string,
  decision: string,
  origin: string = server.issuer,
): Promise<Response> {
  return browser.fetch(url, { method: 'POST', headers: { origin }, body: new URLSearchParams({ decision }) });
}

/** Where the page that follows an answer leads: the client's callback. */
async function onwards(browser: TestBrowser, page: Response): Promise<URL> {
  expect(page.status, await page.clone().text()).toBe(200);
  const address = /^0; url=(.*)$/.exec(page.headers.get('refresh') ?? '')?.[1] ?? '';
  expect(new URL(address).origin).toBe(server.issuer);
  const response = await browser.follow(address);
  return new URL(response.headers.get('location') ?? '');
}

/** Signs in, consents and takes the tokens. */
async function connect(email: string, client: oauth.Configuration, extra: Record<string, string> = {}) {
  const browser = testBrowser();
  await signIn(browser, email);
  const { address, checks } = await begin(client, extra);
  const { url } = await consentPage(browser, address);
  const callback = await onwards(browser, await answer(browser, url, 'allow'));
  const tokens = await oauth.authorizationCodeGrant(client, callback, checks, { resource: server.mcpResource });
  return { browser, callback, checks, tokens };
}

async function block(client: oauth.Configuration): Promise<void> {
  await server.ownerDb
    .insertInto('client_states')
    .values({
      client_id: client.clientMetadata().client_id,
      name: null,
      blocked_at: new Date(),
      blocked_by: await server.subjectOf('admin@example.com'),
      block_reason: 'test',
    })
    .execute();
}

const stayingSignedIn = { scope: 'openid offline_access none read:files', prompt: 'consent' };

describe('registering (RFC 7591)', () => {
  test.each(['oauth-authorization-server', 'openid-configuration'])(
    'is found in %s, which pages of any origin may read',
    async (name) => {
      const response = await fetch(`${server.issuer}/.well-known/${name}`, {
        headers: { origin: 'https://client.example' },
      });
      expect(response.headers.get('access-control-allow-origin')).toBe('https://client.example');
      expect(await response.json()).toMatchObject({
        registration_endpoint: `${server.issuer}/oauth/register`,
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: expect.arrayContaining(['none']) as string[],
      });
    },
  );

  test('a public client gets an id and no scope of a resource', async () => {
    const response = await register({ scope: 'openid offline_access read:files made:up' });
    const client = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(201);
    expect(client).toMatchObject({
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope: 'openid offline_access',
    });
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://evil.example/callback',
    'https://user:pass@client.example/callback',
    'https://client.example/callback#fragment',
    'not an address',
    'JavaScript://client.example/%0aalert(1)',
    'https://client.example/callback https://evil.example',
    'chrome://settings',
    'ms-msdt:/id',
    'search-ms:query',
    'urn:ietf:wg:oauth:2.0:oob',
  ])('refuses to send answers to %s', async (uri) => {
    const response = await register({ redirect_uris: [uri] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'invalid_redirect_uri',
      error_description: expect.stringMatching(/^redirect_uris /) as string,
    });
  });

  test.each([['cursor://callback'], ['https://client.example/callback'], ['http://localhost/callback']])(
    'takes %s',
    async (uri) => {
      expect((await register({ redirect_uris: [uri] })).status).toBe(201);
    },
  );

  test.each([
    { redirect_uris: [] },
    { redirect_uris: Array.from({ length: 11 }, (_, index) => `https://client.example/${index}`) },
    { client_name: 'x'.repeat(201) },
    { grant_types: ['implicit'] },
    { grant_types: ['client_credentials'] },
    { response_types: ['token'] },
    { token_endpoint_auth_method: 'private_key_jwt' },
  ])('refuses %o', async (metadata) => {
    expect((await register(metadata)).status).toBe(400);
  });

  test('gives ids itself: nobody becomes a client of our own by asking', async () => {
    const client = (await (await register({ client_id: 'countersign-chat' })).json()) as { client_id: string };
    expect(client.client_id).not.toBe('countersign-chat');
  });
});

describe('a client that nobody knows yet', () => {
  test('is shown with what is known about it, and gets a code and a token without power', async () => {
    const client = await newClient({ client_name: 'Evil <b>\u202Egnp.exe</b>' });
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const { address, checks } = await begin(client);
    const { url, text } = await consentPage(browser, address);
    expect(text).toContain('Nobody has verified who it is');
    expect(text).toContain('user@example.com');
    expect(text).toContain('127.0.0.1:9123');
    expect(text).not.toContain('<b>');
    expect(text).not.toContain('\u202E');
    const callback = await onwards(browser, await answer(browser, url, 'allow'));
    expect(callback.searchParams.get('iss')).toBe(server.issuer);
    const tokens = await oauth.authorizationCodeGrant(client, callback, checks, { resource: server.mcpResource });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: await server.subjectOf('user@example.com'),
      client_id: client.clientMetadata().client_id,
      aud: server.mcpResource,
      scope: 'none',
    });
    expect(tokens.refresh_token).toBeUndefined();
    const audited = await server.db
      .selectFrom('audit_events')
      .select('type')
      .where('client_id', '=', client.clientMetadata().client_id)
      .execute();
    expect(audited.map(({ type }) => type)).toContain('client.consented');
  });

  test('is asked about once for each person', async () => {
    const client = await newClient();
    const { browser } = await connect('user@example.com', client);
    const again = await browser.follow((await begin(client)).address.href);
    expect(again.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:9123\/callback\?code=/);
    const other = testBrowser();
    await signIn(other, 'demo@example.com');
    expect((await consentPage(other, (await begin(client)).address)).text).toContain('Nobody has verified');
  });

  test('is told when the person does not want it, which is audited and asked again next time', async () => {
    const client = await newClient();
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const { url } = await consentPage(browser, (await begin(client)).address);
    const callback = await onwards(browser, await answer(browser, url, 'refuse'));
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error: 'access_denied', iss: server.issuer });
    expect((await consentPage(browser, (await begin(client)).address)).text).toContain('Nobody has verified');
  });

  test('may leave the scope out: it gets none', async () => {
    const client = await newClient();
    const { tokens } = await connect('user@example.com', client, { scope: '' });
    expect(tokens.scope).toBe('none');
  });

  test('may listen on any port of the loopback address (RFC 8252 section 7.3)', async () => {
    const client = await newClient();
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const { address } = await begin(client, { redirect_uri: 'http://127.0.0.1:40404/callback' });
    expect((await consentPage(browser, address)).text).toContain('127.0.0.1:40404');
  });
});

describe('refused at the consent page', () => {
  test('another site answering for the person', async () => {
    const client = await newClient();
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const { url } = await consentPage(browser, (await begin(client)).address);
    expect((await answer(browser, url, 'allow', 'http://localhost:5001')).status).toBe(403);
    expect((await answer(browser, url, 'perhaps')).status).toBe(400);
    expect((await consentPage(browser, (await begin(client)).address)).text).toContain('Nobody has verified');
  });

  test('another browser with the address of the page, and another person in the same browser', async () => {
    const client = await newClient();
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const { url } = await consentPage(browser, (await begin(client)).address);
    const thief = testBrowser();
    await signIn(thief, 'admin@example.com');
    expect((await answer(thief, url, 'allow')).status).toBe(400);
    await signIn(browser, 'admin@example.com');
    expect((await answer(browser, url, 'allow')).status).toBe(303);
    const rows = await server.db
      .selectFrom('client_consents')
      .select('subject')
      .where('client_id', '=', client.clientMetadata().client_id)
      .execute();
    expect(rows).toEqual([]);
  });

  test('an address that the client has not registered, without a redirect', async () => {
    const client = await newClient();
    const { address } = await begin(client, { redirect_uri: 'https://evil.example/callback' });
    const response = await testBrowser().fetch(address.href);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });
});

describe('codes and PKCE (RFC 9700)', () => {
  test.each([{ code_challenge: '', code_challenge_method: '' }, { code_challenge_method: 'plain' }])(
    'refuses %o',
    async (parameters) => {
      const { address } = await begin(await newClient(), parameters);
      for (const [name, value] of Object.entries(parameters)) if (value === '') address.searchParams.delete(name);
      const response = await testBrowser().fetch(address.href);
      expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    },
  );

  test('a code counts once, with its own verifier, for its own client', async () => {
    const client = await newClient();
    const { callback, checks } = await connect('user@example.com', client);
    const exchange = (of: oauth.Configuration, at: URL, withChecks: typeof checks) =>
      oauth.authorizationCodeGrant(of, at, withChecks, { resource: server.mcpResource });
    await expect(exchange(client, callback, checks)).rejects.toMatchObject({ error: 'invalid_grant' });

    const fresh = async () => {
      const browser = testBrowser();
      await signIn(browser, 'user@example.com');
      const flow = await begin(client);
      const done = await browser.follow(flow.address.href);
      return { callback: new URL(done.headers.get('location') ?? ''), checks: flow.checks };
    };
    const one = await fresh();
    const wrong = { ...one.checks, pkceCodeVerifier: oauth.randomPKCECodeVerifier() };
    await expect(exchange(client, one.callback, wrong)).rejects.toMatchObject({ error: 'invalid_grant' });
    const two = await fresh();
    await expect(exchange(await newClient(), two.callback, two.checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('no token is for a resource that is not ours', async () => {
    const client = await newClient();
    const { address } = await begin(client, { resource: 'https://other.example/mcp' });
    const browser = testBrowser();
    await signIn(browser, 'user@example.com');
    const response = await browser.fetch(address.href);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_target');
  });
});

describe('staying signed in', () => {
  test('refresh tokens are replaced, and a replayed one ends them all', async () => {
    const client = await newClient();
    const { tokens } = await connect('user@example.com', client, stayingSignedIn);
    const first = tokens.refresh_token ?? '';
    const second = await oauth.refreshTokenGrant(client, first, { resource: server.mcpResource });
    expect(second.refresh_token).not.toBe(first);
    await expect(oauth.refreshTokenGrant(client, first)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oauth.refreshTokenGrant(client, second.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('a refresh has exactly what was asked for and is held now', async () => {
    const client = await newClient();
    const { client_id: clientId } = client.clientMetadata();
    const grantId = await server.grant({ email: 'user@example.com', clientId, scopes: ['read:files'] });
    await server.grant({ email: 'user@example.com', clientId, scopes: ['execute:commands'] });
    const { tokens } = await connect('user@example.com', client, stayingSignedIn);
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
    const client = await newClient();
    const { tokens } = await connect('user@example.com', client, stayingSignedIn);
    await oauth.tokenRevocation(client, tokens.refresh_token ?? '');
    await expect(oauth.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const unable = await newClient({ grant_types: ['authorization_code'] });
    const { tokens: short } = await connect('user@example.com', unable, stayingSignedIn);
    expect(short.refresh_token).toBeUndefined();
  });

  test('ends when an admin blocks the client', async () => {
    const client = await newClient();
    const { tokens } = await connect('user@example.com', client, stayingSignedIn);
    await block(client);
    await expect(oauth.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'unauthorized_client',
    });
  });
});

test('nobody is asked about a client that is blocked', async () => {
  const client = await newClient();
  await block(client);
  const browser = testBrowser();
  await signIn(browser, 'user@example.com');
  const response = await browser.follow((await begin(client)).address.href);
  const callback = new URL(response.headers.get('location') ?? '');
  expect(callback.searchParams.get('error')).toBe('unauthorized_client');
});

test('a flood of registrations is answered 429, and a body too large is refused', async () => {
  const large = await register({ client_name: randomUUID().repeat(40_000) });
  expect([400, 413]).toContain(large.status);
  let last = large;
  for (let tries = 0; tries < 200 && last.status !== 429; tries += 1) last = await register({});
  expect(last.status).toBe(429);
  expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await last.json()).toMatchObject({ error: 'temporarily_unavailable' });
});
