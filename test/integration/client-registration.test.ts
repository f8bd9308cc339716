import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

let server: TestAuthServer;
let clients: ThirdPartyClients;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
});
afterAll(() => server.stop());

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
    const response = await clients.register({ scope: 'openid offline_access read:files made:up' });
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
    const response = await clients.register({ redirect_uris: [uri] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'invalid_redirect_uri',
      error_description: expect.stringMatching(/^redirect_uris /) as string,
    });
  });

  test.each([['cursor://callback'], ['https://client.example/callback'], ['http://localhost/callback']])(
    'takes %s',
    async (uri) => {
      expect((await clients.register({ redirect_uris: [uri] })).status).toBe(201);
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
    expect((await clients.register(metadata)).status).toBe(400);
  });

  test('gives ids itself: nobody becomes a client of our own by asking', async () => {
    const client = (await (await clients.register({ client_id: 'countersign-chat' })).json()) as { client_id: string };
    expect(client.client_id).not.toBe('countersign-chat');
  });
});

test('a flood of registrations is answered 429, and a body too large is refused', async () => {
  const large = await clients.register({ client_name: randomUUID().repeat(40_000) });
  expect([400, 413]).toContain(large.status);
  let last = large;
  for (let tries = 0; tries < 200 && last.status !== 429; tries += 1) last = await clients.register({});
  expect(last.status).toBe(429);
  expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await last.json()).toMatchObject({ error: 'temporarily_unavailable' });
});
