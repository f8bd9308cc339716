import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announce } from '../../activities/store/events.ts';
import { signInOptionsSchema, userStatusSchema } from '../../api/contract/user-status.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { testBrowser, type TestBrowser } from '../support/browser.ts';

let server: TestAuthServer;

beforeAll(async () => {
  server = await startAuthServer();
});
afterAll(() => server.stop());

function signIn(
  browser: TestBrowser,
  body: Record<string, string>,
  json = false,
  headers: Record<string, string> = {},
): Promise<Response> {
  return browser.fetch(`${server.issuer}/auth/demo-login`, {
    method: 'POST',
    ...(json
      ? { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : { headers, body: new URLSearchParams(body) }),
  });
}

async function signedIn(email: string): Promise<TestBrowser> {
  const browser = testBrowser();
  await signIn(browser, { email, password: 'demo' });
  return browser;
}

describe('signing in', () => {
  test.each([false, true])('sets a cookie and goes on (JSON: %s)', async (json) => {
    const browser = testBrowser();
    const response = await signIn(
      browser,
      { email: 'User@Example.com', password: 'demo', return_to: '/dashboard?a=1' },
      json,
    );
    expect([response.status, response.headers.get('location')]).toEqual([303, '/dashboard?a=1']);
    const cookie = response.headers.get('set-cookie');
    expect(cookie).toMatch(/^countersign_auth=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    const status = userStatusSchema.parse(await (await browser.fetch(`${server.issuer}/api/user-status`)).json());
    expect(status).toMatchObject({
      email: 'user@example.com',
      roles: ['user'],
      current_scopes: [],
      dashboard: false,
      approver: false,
      demo_mode: true,
    });
  });

  test.each([
    ['user@example.com', 'wrong', 401, 'invalid_credentials'],
    ['nobody@example.com', 'demo', 401, 'invalid_credentials'],
    ['', 'demo', 400, 'invalid_request'],
    ['user@example.com', '', 400, 'invalid_request'],
  ])('%s with %s is %i and sets no cookie', async (email, password, status, code) => {
    const response = await signIn(testBrowser(), { email, password });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('the tenth wrong password is the last for a while, for that account', async () => {
    let tries = 0;
    // No proxy is trusted, so what a header says of the address counts for nothing.
    const attempt = () => {
      const forwarded = { 'x-forwarded-for': `203.0.113.${(tries += 1)}`, forwarded: `for=203.0.113.${tries}` };
      return signIn(testBrowser(), { email: 'manager@example.com', password: 'wrong' }, false, forwarded);
    };
    for (let count = 0; count < 10; count += 1) expect((await attempt()).status).toBe(401);
    const refused = await attempt();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn(testBrowser(), { email: 'demo@example.com', password: 'demo' })).status).toBe(303);
  });

  test('the session of the cookie before ends when somebody signs in over it', async () => {
    const browser = await signedIn('user@example.com');
    const before = browser.cookies().get('countersign_auth') ?? '';
    await signIn(browser, { email: 'admin@example.com', password: 'demo' });
    const stolen = await fetch(`${server.issuer}/api/user-status`, {
      headers: { cookie: `countersign_auth=${before}` },
    });
    expect(stolen.status).toBe(401);
  });

  test('the page is told which accounts there are', async () => {
    const options = signInOptionsSchema.parse(await (await fetch(`${server.issuer}/auth/sign-in-options`)).json());
    expect(options.demo_mode).toBe(true);
    expect(options.accounts.map(({ email }) => email)).toEqual([
      'admin@example.com',
      'demo@example.com',
      'user@example.com',
      'manager@example.com',
      'auditor@example.com',
    ]);
  });

  test('signing in and its failure are audited without an address', async () => {
    await signIn(testBrowser(), { email: 'user@example.com', password: 'wrong' });
    const entries = await server.db.selectFrom('audit_events').selectAll().execute();
    expect(entries.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['people.seeded', 'session.signed_in', 'session.sign_in_failed']),
    );
    expect(JSON.stringify(entries)).not.toContain('@');
  });
});

describe('pages', () => {
  test('the dashboard sends those who are not signed in to the sign-in page, and back', async () => {
    const browser = testBrowser();
    const first = await browser.fetch(`${server.issuer}/dashboard/requests/req_1`);
    expect([first.status, first.headers.get('location')]).toEqual([
      303,
      '/sign-in?return_to=%2Fdashboard%2Frequests%2Freq_1',
    ]);
    expect(await (await browser.follow(`${server.issuer}/dashboard`)).text()).toContain('<title>consent');
  });

  test.each([
    ['admin@example.com', 200],
    ['auditor@example.com', 200],
    ['user@example.com', 403],
    ['demo@example.com', 403],
  ])('the dashboard for %s is %i', async (email, status) => {
    const browser = await signedIn(email);
    for (const path of ['/dashboard', '/dashboard/', '/dashboard/grants']) {
      const response = await browser.fetch(`${server.issuer}${path}`);
      expect([path, response.status]).toEqual([path, status]);
      expect(await response.text()).toContain(status === 200 ? '<title>admin' : 'Sign in as somebody else');
    }
  });

  test('hashed assets are kept, pages are not', async () => {
    const asset = await fetch(`${server.issuer}/sign-in/assets/app-1a2b.js`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${server.issuer}/dashboard/assets/app-1a2b.js`)).status).toBe(200);
    expect((await fetch(`${server.issuer}/sign-in/assets/gone.js`)).status).toBe(404);
    expect((await fetch(`${server.issuer}/sign-in`)).headers.get('cache-control')).toBe('no-cache');
  });

  test('the front door leads on', async () => {
    expect((await testBrowser().fetch(`${server.issuer}/`)).headers.get('location')).toBe('/sign-in');
    expect((await (await signedIn('user@example.com')).fetch(`${server.issuer}/`)).headers.get('location')).toBe(
      '/dashboard',
    );
  });
});

describe('the event stream', () => {
  test('nobody signed in gets none', async () => {
    expect((await fetch(`${server.issuer}/api/events`)).status).toBe(401);
  });

  test('says hello, then what this viewer may know and nothing else', async () => {
    const [admin, user] = [
      await open(await signedIn('admin@example.com')),
      await open(await signedIn('user@example.com')),
    ];
    const [own, other] = [await server.subjectOf('user@example.com'), await server.subjectOf('demo@example.com')];
    await announce(server.db, { kind: 'request', id: 'req_other', subject: other, scopes: ['read:files'] });
    await announce(server.db, { kind: 'chat_session', id: 'chat_other', subject: other });
    await announce(server.db, { kind: 'request', id: 'req_own', subject: own, scopes: ['read:files'] });
    await Promise.all([admin.until('req_own'), user.until('req_own')]);
    expect(admin.text()).toMatch(/^retry: \d+\nevent: hello\n/);
    expect(admin.text()).toMatch(
      /id: \d+\nevent: request\ndata: \{"position":"\d+","kind":"request","id":"req_other"\}/,
    );
    expect(admin.text()).not.toContain('chat_other');
    expect(user.text()).not.toContain('_other');
    await Promise.all([admin.close(), user.close()]);
  });

  test('ends when the person signs out, elsewhere too', async () => {
    const browser = await signedIn('auditor@example.com');
    const stream = await open(await signedIn('auditor@example.com'));
    await browser.fetch(`${server.issuer}/auth/sign-out`, { method: 'POST' });
    await stream.ended;
  });
});

interface OpenStream {
  text(): string;
  until(part: string): Promise<void>;
  ended: Promise<void>;
  close(): Promise<void>;
}

async function open(browser: TestBrowser): Promise<OpenStream> {
  const response = await browser.fetch(`${server.issuer}/api/events`);
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('no stream');
  let text = '';
  const ended = (async () => {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) text += chunk.value;
  })();
  return {
    text: () => text,
    until: (part) => expect.poll(() => text, { timeout: 5_000 }).toContain(part),
    ended,
    close: async () => {
      await reader.cancel();
      await ended;
    },
  };
}
