import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignJWT, importJWK, type JWTPayload } from 'jose';
import { comesFromOwnOrigin } from '../../api/http/browser-guard.ts';
import { localPathOr } from '../../api/http/local-path.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { testBrowser } from '../support/browser.ts';

let server: TestAuthServer;

beforeAll(async () => {
  server = await startAuthServer();
});
afterAll(() => server.stop());

async function cookieOf(email: string): Promise<string> {
  const browser = testBrowser();
  await browser.fetch(`${server.issuer}/auth/demo-login`, {
    method: 'POST',
    body: new URLSearchParams({ email, password: 'demo' }),
  });
  return `countersign_auth=${browser.cookies().get('countersign_auth') ?? ''}`;
}

describe('state-changing requests from other sites (RULES 6)', () => {
  const own = 'OWN';
  const foreign: [string, Record<string, string>][] = [
    ['another site', { origin: 'https://evil.example' }],
    ['another port of localhost', { origin: 'http://localhost:5001' }],
    ['the same host under another name', { origin: 'http://127.0.0.1:8002' }],
    ['an opaque origin', { origin: 'null' }],
    ['a foreign origin that claims same-origin', { origin: 'http://localhost:5001', 'sec-fetch-site': 'same-origin' }],
    ['same-site without Origin', { 'sec-fetch-site': 'same-site' }],
    ['cross-site without Origin', { 'sec-fetch-site': 'cross-site' }],
    ['none without Origin', { 'sec-fetch-site': 'none' }],
  ];
  const ours: [string, Record<string, string>][] = [
    ['our own origin', { origin: own }],
    ['our own origin, whatever Sec-Fetch-Site says', { origin: own, 'sec-fetch-site': 'same-site' }],
    ['same-origin without Origin', { 'sec-fetch-site': 'same-origin' }],
    ['no browser', {}],
  ];
  const fill = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === own ? server.issuer : value]));

  test.each(foreign)('%s is 403 with a cookie and changes nothing', async (_name, headers) => {
    const cookie = await cookieOf('admin@example.com');
    for (const path of ['/auth/sign-out', '/api/anything', '/api/approve/req_1']) {
      const response = await fetch(`${server.issuer}${path}`, {
        method: 'POST',
        headers: { cookie, ...fill(headers) },
      });
      expect([path, response.status, ((await response.json()) as { code: string }).code]).toEqual([
        path,
        403,
        'cross_site_request',
      ]);
    }
    expect((await fetch(`${server.issuer}/api/user-status`, { headers: { cookie } })).status).toBe(200);
  });

  test.each(ours)('%s goes through with a cookie', async (_name, headers) => {
    const cookie = await cookieOf('admin@example.com');
    const response = await fetch(`${server.issuer}/auth/sign-out`, {
      method: 'POST',
      headers: { cookie, ...fill(headers) },
    });
    expect(response.status).toBe(204);
    expect((await fetch(`${server.issuer}/api/user-status`, { headers: { cookie } })).status).toBe(401);
  });

  test.each(foreign)('%s signs nobody in, cookie or not', async (_name, headers) => {
    const response = await fetch(`${server.issuer}/auth/demo-login`, {
      method: 'POST',
      headers: fill(headers),
      body: new URLSearchParams({ email: 'user@example.com', password: 'demo' }),
      redirect: 'manual',
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('without a cookie the guard has nothing to protect: 401', async () => {
    const response = await fetch(`${server.issuer}/auth/sign-out`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(response.status).toBe(401);
  });

  test('two Origin headers are not one of ours', () => {
    expect(comesFromOwnOrigin({ origin: 'http://a, http://b' }, 'http://a')).toBe(false);
  });
});

describe('where sign-in leads', () => {
  test.each([
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/..//evil.example',
    '/%2e%2e//evil.example',
    ' //evil.example',
    'evil.example',
    '',
    ['/dashboard', '//evil.example'],
    undefined,
  ])('%j is not followed', (path) => {
    const target = localPathOr(path, '/');
    expect(new URL(target, 'http://localhost:8002').origin).toBe('http://localhost:8002');
    expect(target).toBe('/');
  });

  test.each(['/dashboard', '/interaction/abc?x=//evil.example', '/c/1#top'])('%s is followed', (path) => {
    expect(localPathOr(path, '/')).toBe(path);
  });

  test('the server sends nobody elsewhere', async () => {
    for (const target of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
      const body = new URLSearchParams({ email: 'user@example.com', password: 'demo', return_to: target });
      const response = await fetch(`${server.issuer}/auth/demo-login`, { method: 'POST', body, redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    }
  });
});

describe('tokens of other resources (RULES 10)', () => {
  const claims = async (): Promise<JWTPayload> => ({
    iss: server.issuer,
    aud: server.apiResource,
    sub: await server.subjectOf('user@example.com'),
    client_id: chatClientId,
    jti: 'jti-0123456789abcdef',
    scope: 'none',
  });
  const ask = (token: string) =>
    fetch(`${server.issuer}/api/user-status`, { headers: { authorization: `Bearer ${token}` } });
  async function sign(changed: JWTPayload, header: Record<string, string> = {}, expires = '5m'): Promise<string> {
    const key = await importJWK(server.baseKey, 'ES256');
    const jwt = new SignJWT({ ...(await claims()), ...changed }).setIssuedAt().setExpirationTime(expires);
    return jwt.setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'base-1', ...header }).sign(key);
  }

  test('a token for this API is taken', async () => {
    expect((await ask(await sign({}))).status).toBe(200);
  });

  test('a token for the tools is 401 here, and so is everything else that is not for this API', async () => {
    const refused: [string, string][] = [
      ['the tools', await sign({ aud: server.mcpResource })],
      ['both resources', await sign({ aud: [server.mcpResource, server.apiResource] })],
      ['the issuer itself', await sign({ aud: server.issuer })],
      ['another issuer', await sign({ iss: 'http://localhost:9999' })],
      ['an ID token', await sign({}, { typ: 'JWT' })],
      ['an ended one', await sign({}, {}, '-1m')],
      ['an unknown person', await sign({ sub: 'usr_nobody' })],
      ['an unknown key', await sign({}, { kid: 'other' })],
      ['no signature', `${(await sign({})).split('.').slice(0, 2).join('.')}.`],
      ['no algorithm', unsigned(await claims())],
      ['noise', 'abc'],
    ];
    for (const [name, token] of refused) {
      const response = await ask(token);
      expect([name, response.status, ((await response.json()) as { code: string }).code]).toEqual([
        name,
        401,
        'not_signed_in',
      ]);
    }
  });

  test('a bad bearer token is not made good by a cookie', async () => {
    const cookie = await cookieOf('admin@example.com');
    const response = await fetch(`${server.issuer}/api/user-status`, {
      headers: { cookie, authorization: 'Bearer abc' },
    });
    expect(response.status).toBe(401);
  });
});

function unsigned(payload: JWTPayload): string {
  const parts = [
    { alg: 'none', typ: 'at+jwt' },
    { ...payload, exp: Math.floor(Date.now() / 1_000) + 300 },
  ];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

test('with demo mode off the demo accounts do not exist', async () => {
  const production = await startAuthServer({ demoMode: false });
  try {
    const body = new URLSearchParams({ email: 'admin@example.com', password: 'demo' });
    const response = await fetch(`${production.issuer}/auth/demo-login`, { method: 'POST', body, redirect: 'manual' });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'demo_mode_off']);
    expect(await (await fetch(`${production.issuer}/auth/sign-in-options`)).json()).toEqual({
      demo_mode: false,
      accounts: [],
    });
  } finally {
    await production.stop();
  }
});
