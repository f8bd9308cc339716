import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { thirdPartyClients } from '../support/third-party-clients.ts';

let server: TestAuthServer;

beforeAll(async () => {
  server = await startAuthServer({ trustedProxies: ['loopback'] });
});
afterAll(() => server.stop());

/** One wrong password, as a proxy on this machine hands it on. @returns the status */
async function guess(forwarded: string): Promise<number> {
  const { status } = await fetch(`${server.issuer}/auth/demo-login`, {
    method: 'POST',
    headers: { 'x-forwarded-for': forwarded },
    body: new URLSearchParams({ email: 'manager@example.com', password: 'wrong' }),
  });
  return status;
}

test('limits count who is behind a trusted proxy, one by one, whatever they write before its word', async () => {
  for (let tries = 0; tries < 10; tries += 1) expect(await guess(`198.51.100.${tries}, 203.0.113.7`)).toBe(401);
  expect(await guess('198.51.100.99, 203.0.113.7')).toBe(429);
  expect(await guess('203.0.113.7:49152')).toBe(429);
  expect(await guess('203.0.113.7, 203.0.113.8')).toBe(401);
  expect(await guess('203.0.113.9:49152')).toBe(401);
});

test('a device’s page names the address behind the proxy', async () => {
  const registered = await thirdPartyClients(server).register({
    redirect_uris: undefined,
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  });
  const { client_id: clientId } = (await registered.json()) as { client_id: string };
  const begun = await fetch(`${server.issuer}/oauth/device-authorization`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.9', 'x-forwarded-host': 'evil.example' },
    body: new URLSearchParams({ client_id: clientId, scope: 'none', resource: server.mcpResource }),
  });
  const device = (await begun.json()) as { user_code: string; verification_uri: string };
  expect(device.verification_uri).toBe(`${server.issuer}/device`);

  const browser = testBrowser();
  await signInWith(browser, server.issuer, 'user@example.com');
  const asking = await (await browser.fetch(device.verification_uri)).text();
  const page = await browser.fetch(device.verification_uri, {
    method: 'POST',
    headers: { origin: server.issuer },
    body: new URLSearchParams({
      xsrf: /name="xsrf" value="([^"]+)"/.exec(asking)?.[1] ?? '',
      user_code: device.user_code,
    }),
  });
  expect(await page.text()).toContain('203.0.113.9');
});
