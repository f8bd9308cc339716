import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatClientId, dashboardClientId } from '../../workflows/domain/clients.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser, type TestBrowser } from '../support/browser.ts';
import {
  redirectUri,
  stayingSignedIn,
  thirdPartyClients,
  type ThirdPartyClients,
} from '../support/third-party-clients.ts';

let server: TestAuthServer;
let clients: ThirdPartyClients;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
});
afterAll(() => server.stop());

async function signedInBrowser(email = 'user@example.com'): Promise<TestBrowser> {
  const browser = testBrowser();
  await signInWith(browser, server.issuer, email);
  return browser;
}

/** The parameters with which a request comes back to its client, after `?` or, for what would have been a token, `#`. */
async function sentBack(browser: TestBrowser, address: URL): Promise<Record<string, string>> {
  const response = await browser.follow(address.href);
  const { searchParams, hash } = new URL(response.headers.get('location') ?? '');
  return Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))]);
}

describe('an authorization request', () => {
  const wrong: [string, Record<string, string>, string][] = [
    ['for a token without a code', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an ID token without a code', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['for both at once', { response_type: 'code token' }, 'unsupported_response_type'],
    ['in an object that is not signed', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    ['in an object elsewhere', { request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
    [
      'that is to be answered in a way that there is not',
      { response_mode: 'web_message' },
      'unsupported_response_mode',
    ],
  ];
  test.each(wrong)('%s is refused, by its issuer', async (_name, parameters, error) => {
    const { address } = await clients.begin(await clients.newClient(), parameters);
    const back = await sentBack(await signedInBrowser(), address);
    // RFC 9207: a client of several servers must be able to tell whose error this is.
    expect(back).toMatchObject({ error, iss: server.issuer });
    expect(back['code']).toBeUndefined();
  });

  test('with a parameter twice is refused', async () => {
    const { address } = await clients.begin(await clients.newClient());
    address.searchParams.append('scope', 'admin:users');
    expect(await sentBack(await signedInBrowser(), address)).toMatchObject({ error: 'invalid_request' });
  });

  test.each([
    'https://client.example/callback/',
    'https://client.example/callback?next=https://evil.example',
    'https://client.example/callback/../other',
    'https://client.example/CALLBACK',
    'https://client.example:8443/callback',
    'http://client.example/callback',
    'https://client.example.evil.example/callback',
    'https://client.example@evil.example/callback',
    'https://evil.example/callback',
    'https://client.example/callback#fragment',
    'javascript:alert(1)',
  ])('with the address %s, which only resembles the one registered, is answered here', async (address) => {
    const client = await clients.newClient({ redirect_uris: ['https://client.example/callback'] });
    const begun = await clients.begin(client, { redirect_uri: address });
    const response = await (await signedInBrowser()).fetch(begun.address.href);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  test.each(['http://localhost:9123/callback', 'http://127.0.0.1:9123/other', 'http://[::1]:9123/callback'])(
    'may vary the port of a loopback address and nothing else: not %s',
    async (address) => {
      const begun = await clients.begin(await clients.newClient(), { redirect_uri: address });
      const response = await (await signedInBrowser()).fetch(begun.address.href);
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    },
  );

  test('is never answered with a redirect that repeats a form (307, 308)', async () => {
    const browser = await signedInBrowser();
    const { url } = await clients.consentPage(browser, (await clients.begin(await clients.newClient())).address);
    const answer = await clients.answer(browser, url, 'allow');
    expect(answer.status).toBe(200);
    const next = /url=(.*)$/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? '';
    expect((await browser.fetch(next)).status).toBe(303);
  });
});

describe('a client that borrows what another one has (confused deputy)', () => {
  test('gets no consent by bearing the same name and address as one that has it', async () => {
    const first = await clients.newClient({ client_name: 'Known helper' });
    const { browser } = await clients.connect('user@example.com', first);
    const second = await clients.newClient({ client_name: 'Known helper' });
    const page = await clients.consentPage(browser, (await clients.begin(second)).address);
    expect(page.text).toContain('Nobody has verified');
  });

  test.each([chatClientId, dashboardClientId])('cannot send answers for %s to itself', async (clientId) => {
    const { address } = await clients.begin(await clients.newClient());
    address.searchParams.set('client_id', clientId);
    const response = await (await signedInBrowser()).fetch(address.href);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  test('cannot have a page answered twice, nor one by the cookie of another', async () => {
    const browser = await signedInBrowser();
    const client = await clients.newClient();
    const { url } = await clients.consentPage(browser, (await clients.begin(client)).address);
    const cookiesOf = (from: TestBrowser) => [...from.cookies()].map(([name, value]) => `${name}=${value}`).join('; ');
    const answerWith = (cookie: string, page: string) =>
      fetch(page, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, origin: server.issuer },
        body: new URLSearchParams({ decision: 'allow' }),
      });
    const replayed = cookiesOf(browser);
    await clients.onwards(browser, await clients.answer(browser, url, 'allow'));
    expect((await answerWith(replayed, url)).status).toBe(400);

    const waiting = await clients.consentPage(browser, (await clients.begin(await clients.newClient())).address);
    const elsewhere = await signedInBrowser();
    await clients.consentPage(elsewhere, (await clients.begin(await clients.newClient())).address);
    expect((await answerWith(cookiesOf(elsewhere), waiting.url)).status).toBe(400);
  });
});

describe('the token endpoint', () => {
  const post = (body: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${server.issuer}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(body) });

  test.each([
    'password',
    'client_credentials',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
  ])('has no grant of type %s', async (grantType) => {
    const client = await clients.newClient();
    const { client_id: clientId } = client.clientMetadata();
    const answer = await post({
      grant_type: grantType,
      client_id: clientId,
      username: 'admin@example.com',
      password: 'demo',
      scope: 'admin:users',
    });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: string };
    expect(['unsupported_grant_type', 'unauthorized_client']).toContain(error);
  });

  test('takes forms only, and nothing from the address', async () => {
    const json = await fetch(`${server.issuer}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'authorization_code' }),
    });
    expect(json.status).toBeGreaterThanOrEqual(400);
    const address = `${server.issuer}/oauth/token?grant_type=authorization_code&code=x&client_id=${chatClientId}`;
    expect((await fetch(address, { method: 'POST' })).status).toBeGreaterThanOrEqual(400);
    expect((await fetch(address)).status).toBeGreaterThanOrEqual(400);
  });

  test('gives a code for one resource no token for another, and none to another address', async () => {
    const client = await clients.newClient();
    const browser = await signedInBrowser();
    const { address, checks } = await clients.begin(client);
    const { url } = await clients.consentPage(browser, address);
    const callback = await clients.onwards(browser, await clients.answer(browser, url, 'allow'));
    const form = {
      grant_type: 'authorization_code',
      client_id: client.clientMetadata().client_id,
      code: callback.searchParams.get('code') ?? '',
      code_verifier: checks.pkceCodeVerifier,
    };
    const elsewhere = await post({ ...form, redirect_uri: 'http://127.0.0.1:9124/callback' });
    expect(await elsewhere.json()).toMatchObject({ error: 'invalid_grant' });
    const other = await post({ ...form, redirect_uri: redirectUri, resource: server.apiResource });
    expect(await other.json()).toMatchObject({ error: 'invalid_target' });
    expect(other.headers.get('cache-control')).toContain('no-store');
  });

  test('a replayed code ends what its first use gave', async () => {
    const client = await clients.newClient();
    const { callback, checks, tokens } = await clients.connect('user@example.com', client, stayingSignedIn);
    await clients.letGraceEnd();
    const replay = oauth.authorizationCodeGrant(client, callback, checks, { resource: server.mcpResource });
    await expect(replay).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oauth.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('a verifier for a request that had no challenge is of no use: there is no such code', async () => {
    const { address } = await clients.begin(await clients.newClient());
    address.searchParams.delete('code_challenge');
    address.searchParams.delete('code_challenge_method');
    expect(await sentBack(await signedInBrowser(), address)).toMatchObject({ error: 'invalid_request' });
  });
});

describe('registration', () => {
  const register = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${server.issuer}/oauth/register`, { method: 'POST', headers, body });

  test.each([
    ['no JSON', '{"client_name'],
    ['a list', '[]'],
    ['a text', '"client"'],
    ['nothing', ''],
    ['addresses that are no list', '{"redirect_uris":"https://client.example/"}'],
    ['no address', '{"client_name":"x"}'],
    ['a grant that there is not', `{"redirect_uris":["${redirectUri}"],"grant_types":["password"]}`],
    [
      'a secret in a way that there is not',
      `{"redirect_uris":["${redirectUri}"],"token_endpoint_auth_method":"magic"}`,
    ],
  ])('of %s is refused', async (_name, body) => {
    const answer = await register(body);
    expect(answer.status, await answer.clone().text()).toBe(400);
    expect(await answer.json()).toHaveProperty('error');
  });
});
