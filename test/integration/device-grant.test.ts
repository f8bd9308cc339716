import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser, type TestBrowser } from '../support/browser.ts';
import { thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
let server: TestAuthServer;
let clients: ThirdPartyClients;
/** How far the auth server's clock is ahead. */
let aheadMs = 0;
/** As long as a device leaves between two polls, at least. */
const intervalMs = 5_000;

beforeAll(async () => {
  server = await startAuthServer({ now: () => new Date(Date.now() + aheadMs) });
  clients = thirdPartyClients(server);
});
afterAll(() => server.stop());

/** A client without a browser. */
function newDevice(metadata: Record<string, unknown> = {}): Promise<oauth.Configuration> {
  return clients.newClient({
    client_name: 'A television',
    redirect_uris: undefined,
    grant_types: [grantType, 'refresh_token'],
    ...metadata,
  });
}

function begin(client: oauth.Configuration, scope = 'offline_access none'): Promise<oauth.DeviceAuthorizationResponse> {
  return oauth.initiateDeviceAuthorization(client, { scope, resource: server.mcpResource });
}

/** One poll, without waiting. */
async function poll(client: oauth.Configuration, code: string, change: Record<string, string> = {}) {
  const response = await fetch(`${server.issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: grantType,
      client_id: client.clientMetadata().client_id,
      device_code: code,
      resource: server.mcpResource,
      ...change,
    }),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function browserOf(email: string): Promise<TestBrowser> {
  const browser = testBrowser();
  await signInWith(browser, server.issuer, email);
  return browser;
}

/** Fills in the form of the page for codes. */
async function post(browser: TestBrowser, fields: Record<string, string>, origin = server.issuer): Promise<Response> {
  const page = await (await browser.fetch(`${server.issuer}/device`)).text();
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  return browser.fetch(`${server.issuer}/device`, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ xsrf, ...fields }),
  });
}

/** Enters a code and connects the device: where that leads, at the end. */
async function connect(browser: TestBrowser, userCode: string): Promise<{ url: string; page: Response }> {
  let page = await post(browser, { user_code: userCode, confirm: 'yes' });
  let url = `${server.issuer}/device`;
  for (let location = page.headers.get('location'); location !== null; location = page.headers.get('location')) {
    url = new URL(location, url).href;
    page = await browser.fetch(url);
  }
  return { url, page };
}

/** Answers the consent page. @returns the page at the end */
async function consent(browser: TestBrowser, url: string, decision: 'allow' | 'refuse'): Promise<string> {
  const answered = await clients.answer(browser, url, decision);
  const address = /^\d; url=(.*)$/.exec(answered.headers.get('refresh') ?? '')?.[1] ?? '';
  let page = await browser.fetch(address);
  for (let location = page.headers.get('location'); location !== null; location = page.headers.get('location')) {
    page = await browser.fetch(new URL(location, server.issuer).href);
  }
  return page.text();
}

describe('a device', () => {
  test('that asks too often is told to slow down, and has its answer as soon as there is one', async () => {
    const client = await newDevice();
    const asked = await begin(client);
    const answers = await Promise.all([1, 2, 3].map(() => poll(client, asked.device_code)));
    expect(answers.map(({ error }) => error).sort()).toEqual(['authorization_pending', 'slow_down', 'slow_down']);
    // Each on its own: neither another code nor another client counts.
    expect(await poll(client, (await begin(client)).device_code)).toMatchObject({ error: 'authorization_pending' });
    aheadMs += intervalMs;
    expect(await poll(await newDevice(), asked.device_code)).toMatchObject({ error: 'invalid_grant' });
    expect(await poll(client, asked.device_code)).toMatchObject({ error: 'authorization_pending' });

    const browser = await browserOf('user@example.com');
    await consent(browser, (await connect(browser, asked.user_code)).url, 'allow');
    expect(await poll(client, asked.device_code)).toMatchObject({ scope: 'none' });
  });

  test('is shown to the person, consented to, and gets tokens of that sign-in', async () => {
    const client = await newDevice();
    const { client_id: clientId } = client.clientMetadata();
    const asked = await begin(client);
    expect(asked.verification_uri).toBe(`${server.issuer}/device`);
    expect(await poll(client, asked.device_code)).toMatchObject({ error: 'authorization_pending' });

    const browser = await browserOf('user@example.com');
    const confirm = await (await post(browser, { user_code: asked.user_code.toLowerCase().replace('-', ' ') })).text();
    for (const shown of [asked.user_code, 'A television', 'user@example.com', 'Nobody has verified', '127.0.0.1']) {
      expect(confirm).toContain(shown);
    }
    aheadMs += intervalMs;
    expect(await poll(client, asked.device_code)).toMatchObject({ error: 'authorization_pending' });

    const { url, page } = await connect(browser, asked.user_code);
    const consentText = await page.text();
    expect(consentText).toContain('the device that shows the code');
    expect(consentText).toContain('asks to stay connected');
    expect(await consent(browser, url, 'allow')).toContain('The device is connected');

    const tokens = await poll(client, asked.device_code);
    expect(decodeJwt(String(tokens['access_token']))).toMatchObject({
      sub: await server.subjectOf('user@example.com'),
      client_id: clientId,
      aud: server.mcpResource,
      scope: 'none',
      sid: expect.any(String) as string,
    });
    expect(await poll(client, asked.device_code)).toMatchObject({ error: 'invalid_grant' });
    const refresh = () =>
      oauth.refreshTokenGrant(client, String(tokens['refresh_token']), { resource: server.mcpResource });
    expect((await refresh()).refresh_token).toBeTruthy();

    // Remembered as with any other client: the page for codes is enough the next time.
    const again = await begin(client);
    expect(await (await connect(browser, again.user_code)).page.text()).toContain('The device is connected');
  });

  test('gets exactly what is held and was asked for', async () => {
    const client = await newDevice();
    const { client_id: clientId } = client.clientMetadata();
    await server.grant({ email: 'user@example.com', clientId, scopes: ['read:files', 'execute:commands'] });
    const asked = await begin(client, 'none read:files');
    const browser = await browserOf('user@example.com');
    const { url } = await connect(browser, asked.user_code);
    await consent(browser, url, 'allow');
    const tokens = await poll(client, asked.device_code);
    expect(tokens).toMatchObject({ scope: 'none read:files' });
    expect(tokens['refresh_token']).toBeUndefined();
  });

  test('is told when the person does not want it, at either page', async () => {
    const client = await newDevice();
    const browser = await browserOf('user@example.com');
    const first = await begin(client);
    expect(await (await post(browser, { user_code: first.user_code, abort: 'yes' })).text()).toContain(
      'You cancelled it',
    );
    expect(await poll(client, first.device_code)).toMatchObject({ error: 'access_denied' });

    const second = await begin(client);
    const { url } = await connect(browser, second.user_code);
    expect(await consent(browser, url, 'refuse')).toContain('The device is not connected');
    expect(await poll(client, second.device_code)).toMatchObject({
      error: 'access_denied',
      error_description: 'the person did not let this client act for them',
    });
  });

  test('may leave the scope out: it gets none', async () => {
    const client = await newDevice();
    const response = await fetch(`${server.issuer}/oauth/device-authorization`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: client.clientMetadata().client_id, resource: server.mcpResource }),
    });
    const asked = (await response.json()) as oauth.DeviceAuthorizationResponse;
    const browser = await browserOf('user@example.com');
    const { url } = await connect(browser, asked.user_code);
    await consent(browser, url, 'allow');
    expect(await poll(client, asked.device_code)).toMatchObject({ scope: 'none' });
  });
});

describe('what it does not get', () => {
  test('another client’s code, a made-up one, the code of another resource', async () => {
    const client = await newDevice();
    const asked = await begin(client);
    const browser = await browserOf('user@example.com');
    const { url } = await connect(browser, asked.user_code);
    await consent(browser, url, 'allow');
    expect(await poll(await newDevice(), asked.device_code)).toMatchObject({ error: 'invalid_grant' });
    expect(await poll(client, 'made-up')).toMatchObject({ error: 'invalid_grant' });
    expect(await poll(client, asked.device_code, { resource: 'https://other.example/mcp' })).toMatchObject({
      error: 'invalid_target',
    });
  });

  test('anything without being registered for it, blocked, or for a resource that is not ours', async () => {
    const ordinary = await clients.newClient();
    await expect(begin(ordinary)).rejects.toMatchObject({ error: 'invalid_request' });
    const client = await newDevice();
    await expect(
      oauth.initiateDeviceAuthorization(client, { scope: 'none', resource: 'https://other.example/mcp' }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
    const asked = await begin(client);
    await clients.block(client);
    const { page } = await connect(await browserOf('user@example.com'), asked.user_code);
    expect(await page.text()).not.toContain('The device is connected');
    expect(await poll(client, asked.device_code)).toMatchObject({ error: 'unauthorized_client' });
  });
});

describe('the page for codes', () => {
  test('is for people who are signed in, and keeps the code of the address for them', async () => {
    const nobody = await testBrowser().fetch(`${server.issuer}/device?user_code=BCDF-GHJK`);
    expect(nobody.status).toBe(303);
    expect(nobody.headers.get('location')).toBe(
      `/sign-in?${new URLSearchParams({ return_to: '/device?user_code=BCDF-GHJK' }).toString()}`,
    );
    const browser = await browserOf('user@example.com');
    const page = await browser.fetch(`${server.issuer}/device?user_code=BCDF-GHJK`);
    expect(await page.text()).toContain('value="BCDF-GHJK"');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('takes nothing from another site, and not without its own token', async () => {
    const client = await newDevice();
    const { user_code: code, device_code: deviceCode } = await begin(client);
    const browser = await browserOf('user@example.com');
    expect((await post(browser, { user_code: code, confirm: 'yes' }, 'http://localhost:5001')).status).toBe(403);
    expect((await post(browser, { user_code: code, confirm: 'yes', xsrf: 'another' })).status).toBe(400);
    expect(await poll(client, deviceCode)).toMatchObject({ error: 'authorization_pending' });
  });

  test('slows down whoever guesses, and nobody else', async () => {
    const guesser = await browserOf('auditor@example.com');
    let response = await post(guesser, { user_code: 'BBBB-BBBB' });
    expect(await response.text()).toContain('There is no such code');
    for (let tries = 0; tries < 20 && response.status !== 429; tries += 1) {
      response = await post(guesser, { user_code: 'BBBB-BBBB' });
    }
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    const client = await newDevice();
    const { user_code: code } = await begin(client);
    expect((await post(guesser, { user_code: code, confirm: 'yes' })).status).toBe(429);
    expect((await (await browserOf('user@example.com')).fetch(`${server.issuer}/device`)).status).toBe(200);
  });
});
