import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { redirectUri, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

let server: TestAuthServer;
let clients: ThirdPartyClients;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
});
afterAll(() => server.stop());

test('a registration is small, and holds nobody’s address', async () => {
  const large = await clients.register({ logo_uri: `https://client.example/${'x'.repeat(9_000)}` });
  expect([large.status, await large.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_client_metadata' }),
  ]);
  const small = await clients.register({ contacts: ['somebody@example.com'] });
  expect(small.status).toBe(201);
  expect(await small.json()).not.toHaveProperty('contacts');
});

describe('registering (RFC 7591)', () => {
  test.each(['oauth-authorization-server', 'openid-configuration'])(
    'is found in %s, which pages of any origin may read',
    async (name) => {
      const response = await fetch(`${server.issuer}/.well-known/${name}`, {
        headers: { origin: 'https://client.example' },
      });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
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
    for (const secret of ['client_secret', 'client_secret_expires_at', 'registration_access_token']) {
      expect(client).not.toHaveProperty(secret);
    }
    expect(client).not.toHaveProperty('registration_client_uri');
    const audited = await server.db
      .selectFrom('audit_events')
      .select(['type', 'actor', 'data'])
      .where('client_id', '=', String(client['client_id']))
      .execute();
    expect(audited).toMatchObject([
      {
        type: 'client.registered',
        actor: 'anonymous',
        data: { name: 'A desktop client', redirect_uris: [redirectUri] },
      },
    ]);
  });

  test('leaves nothing of an address in the audit log but where it leads', async () => {
    const uri = 'https://app.example/callback?key=s3cret';
    const response = await clients.register({ redirect_uris: [uri] });
    const { client_id: clientId, redirect_uris: registered } = (await response.json()) as Record<string, unknown>;
    expect(registered).toEqual([uri]);
    const entries = await server.db
      .selectFrom('audit_events')
      .select('data')
      .where('client_id', '=', String(clientId))
      .execute();
    expect(entries.map(({ data }) => data['redirect_uris'])).toEqual([['https://app.example/callback']]);
    expect(JSON.stringify(entries)).not.toContain('s3cret');
  });

  test.each(['client_secret_basic', 'client_secret_post'])(
    'one that asks for a secret (%s) is public',
    async (method) => {
      const response = await clients.register({
        token_endpoint_auth_method: method,
        client_secret: 'of its own choice',
      });
      expect(response.status).toBe(201);
      const client = (await response.json()) as Record<string, unknown>;
      expect(client['token_endpoint_auth_method']).toBe('none');
      expect(client).not.toHaveProperty('client_secret');
    },
  );

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
    { token_endpoint_auth_method: 'tls_client_auth' },
  ])('refuses %o', async (metadata) => {
    expect((await clients.register(metadata)).status).toBe(400);
  });

  test('takes VS Code as it is: grants that there are not are left out', async () => {
    const known = ['authorization_code', 'refresh_token'];
    const answer = await clients.register({
      client_name: 'Visual Studio Code',
      redirect_uris: ['https://vscode.dev/redirect', 'http://127.0.0.1/', 'http://127.0.0.1:33418/'],
      grant_types: [...known, 'urn:ietf:params:oauth:grant-type:of-tomorrow'],
      application_type: 'native',
    });
    expect([answer.status, await answer.json()]).toMatchObject([201, { grant_types: known }]);
  });

  test('gives ids itself: nobody becomes a client of our own by asking', async () => {
    const client = (await (await clients.register({ client_id: 'countersign-chat' })).json()) as { client_id: string };
    expect(client.client_id).not.toBe('countersign-chat');
  });
});

describe('pages of other origins (RULES 6)', () => {
  const origin = 'https://inspector.example';
  const open: [string, string][] = [
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/.well-known/openid-configuration'],
    ['GET', '/oauth/jwks'],
    ['POST', '/oauth/register'],
    ['POST', '/oauth/token'],
    ['POST', '/oauth/revoke'],
    ['POST', '/oauth/device-authorization'],
  ];

  test.each(open)('may %s %s, without credentials', async (method, path) => {
    const preflight = await fetch(`${server.issuer}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,dpop,mcp-protocol-version',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    const body = method === 'POST' ? { body: new URLSearchParams({ token: 'x', client_id: 'nobody' }) } : {};
    const response = await fetch(`${server.issuer}${path}`, { method, headers: { origin }, ...body });
    for (const { headers } of [preflight, response]) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test.each([
    ['GET', '/oauth/authorize'],
    ['POST', '/oauth/introspect'],
    ['POST', '/oauth/background-requests'],
    ['GET', '/device'],
    ['GET', '/api/user-status'],
    ['POST', '/api/upgrade-scope'],
    ['POST', '/auth/demo-login'],
    ['GET', '/interaction/x'],
  ])('may read nothing of %s %s', async (method, path) => {
    for (const asked of ['OPTIONS', method]) {
      const response = await fetch(`${server.issuer}${path}`, {
        method: asked,
        headers: { origin, 'access-control-request-method': method },
        redirect: 'manual',
      });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
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
