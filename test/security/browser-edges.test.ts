import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authServerRoutes } from '../../api/openapi/auth-server-routes.ts';
import { chatAppRoutes } from '../../api/openapi/chat-routes.ts';
import { startProduct, type Product } from '../support/product.ts';
import { send } from '../support/raw-http.ts';
import { signedIn } from '../support/visitor.ts';

let product: Product;
let cookies: { admin: string; user: string; chat: string };

beforeAll(async () => {
  product = await startProduct();
  const cookieAt = async (base: string, email: string) => (await signedIn(base, email)).cookie;
  cookies = {
    admin: await cookieAt(product.issuer, 'admin@example.com'),
    user: await cookieAt(product.issuer, 'user@example.com'),
    chat: await cookieAt(product.chatUrl, 'user@example.com'),
  };
});
afterAll(() => product.stop());

const mcpUrl = () => new URL(product.mcpResource).origin;
const html = { accept: 'text/html' };

describe('no answer can be put into a frame', () => {
  const pages: [string, () => string, string, (() => string)?][] = [
    ...[
      '/',
      '/sign-in',
      '/dashboard',
      '/interaction/none',
      '/oauth/authorize?client_id=none',
      '/oauth/token',
      '/nowhere',
      '/auth/sign-in-options',
      '/.well-known/openid-configuration',
      '/assets/x',
    ].map((path): [string, () => string, string] => ['auth', () => product.issuer, path]),
    ...['/dashboard', '/dashboard/requests/x', '/dashboard/assets/app-1a2b.js', '/api/requests'].map(
      (path): [string, () => string, string, () => string] => ['auth', () => product.issuer, path, () => cookies.admin],
    ),
    ['auth', () => product.issuer, '/dashboard', () => cookies.user],
    ...['/', '/c/x', '/auth/sign-in', '/auth/callback', '/assets/app-1a2b.js', '/nowhere', '/api/agent'].map(
      (path): [string, () => string, string] => ['chat', () => product.chatUrl, path],
    ),
    ['chat', () => product.chatUrl, '/api/chat-sessions', () => cookies.chat],
    ...['/', '/mcp', '/healthz', '/.well-known/oauth-protected-resource'].map(
      (path): [string, () => string, string] => ['mcp', mcpUrl, path],
    ),
  ];
  test.each(pages)('%s %s %s', async (_door, base, path, cookie) => {
    const { headers } = await send(base(), {
      path,
      headers: { ...html, ...(cookie === undefined ? {} : { cookie: cookie() }) },
    });
    expect(headers['x-frame-options']).toMatch(/^deny$/i);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

const changing = [
  ...authServerRoutes.map((route) => ({ door: 'auth' as const, route })),
  ...chatAppRoutes.map((route) => ({ door: 'chat' as const, route })),
].filter(({ route }) => route.method !== 'get');

describe('every route that changes something, of both servers', () => {
  const at = (door: 'auth' | 'chat') => (door === 'auth' ? product.issuer : product.chatUrl);
  const cookieOf = (door: 'auth' | 'chat') => (door === 'auth' ? cookies.admin : cookies.chat);
  const named = changing.map(({ door, route }) => [`${door} ${route.method} ${route.path}`, door, route] as const);

  test.each(named)('%s is refused to another site', async (_name, door, { path, method }) => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await send(at(door), {
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, 'x'),
        headers: { ...headers, cookie: cookieOf(door), 'content-type': 'application/x-www-form-urlencoded' },
        body: 'reason=x&message=x&email=admin%40example.com&password=demo',
      });
      expect([answer.status, answer.code]).toEqual([403, 'cross_site_request']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('none of them can be reached by a link or an image', async () => {
    const read = new Set(
      [...authServerRoutes, ...chatAppRoutes].filter(({ method }) => method === 'get').map(({ path }) => path),
    );
    for (const { door, route } of changing.filter(({ route: { path } }) => !read.has(path))) {
      const answer = await send(at(door), {
        path: route.path.replace(/\{\w+\}/g, 'x'),
        headers: { cookie: cookieOf(door) },
      });
      expect([route.path, answer.status, answer.code]).toEqual([route.path, 405, 'method_not_allowed']);
      expect(answer.headers.allow).toBe(route.method.toUpperCase());
    }
  });

  test('both sites still know who is signed in', async () => {
    for (const [base, cookie] of [
      [product.issuer, cookies.admin],
      [product.chatUrl, cookies.chat],
    ] as const) {
      expect((await send(base, { path: '/api/user-status', headers: { cookie } })).status).toBe(200);
    }
  });
});

describe('nobody is led to another site', () => {
  const targets = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/..//evil.example',
    '/%09/evil.example',
    'javascript:alert(1)',
    'http:evil.example',
    '/\u2028/evil.example',
  ];
  const ownOrigins = () => [product.issuer, product.chatUrl];
  const leadsTo = (base: string, location: string | undefined) => new URL(location ?? '', base).origin;

  test.each(targets)('%j', async (target) => {
    const login = new URLSearchParams({ email: 'user@example.com', password: 'demo', return_to: target }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const encoded = encodeURIComponent(target);
    const asked = [
      [product.issuer, { method: 'POST', path: '/auth/demo-login', headers: form, body: login }],
      [product.issuer, { method: 'POST', path: `/auth/demo-login?return_to=${encoded}`, headers: form, body: login }],
      [product.chatUrl, { method: 'POST', path: '/auth/demo-login', headers: form, body: login }],
      [product.chatUrl, { path: `/auth/sign-in?return_to=${encoded}` }],
      [product.issuer, { path: `/dashboard/${encoded}`, headers: html }],
      [product.issuer, { path: `/dashboard?x=${encoded}`, headers: html }],
      [
        product.issuer,
        { method: 'POST', path: `/auth/sign-out?return_to=${encoded}`, headers: { ...html, cookie: cookies.user } },
      ],
    ] as const;
    for (const [base, request] of asked) {
      const { status, headers } = await send(base, request);
      if (status >= 300 && status < 400)
        expect([request.path, ownOrigins()]).toEqual([
          request.path,
          expect.arrayContaining([leadsTo(base, headers.location)]),
        ]);
    }
    cookies.user = (await signedIn(product.issuer, 'user@example.com')).cookie;
  });

  test('an authorization request with another redirect address is a page', async () => {
    const query = new URLSearchParams({
      client_id: 'countersign-chat',
      redirect_uri: 'https://evil.example/',
      response_type: 'code',
      scope: 'openid',
    });
    const answer = await send(product.issuer, { path: `/oauth/authorize?${query.toString()}`, headers: html });
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
    expect(answer.text).not.toContain('evil.example');
  });
});
