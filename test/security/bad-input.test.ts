import { randomBytes } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { keptLog } from '../support/kept-log.ts';
import { startProduct, type Product } from '../support/product.ts';
import { send, sendBytes, type RawAnswer } from '../support/raw-http.ts';
import { signedIn } from '../support/visitor.ts';

/** Stands in everything that is sent and refused: it must be in no log, no row and no answer. */
const secret = `s3cret-${randomBytes(8).toString('hex')}`;
const log = keptLog();
let product: Product;
let cookies: { auth: string; chat: string };
let token: string;

beforeAll(async () => {
  product = await startProduct({ logger: log.logger });
  const [auth, chat] = [
    await signedIn(product.issuer, 'user@example.com'),
    await signedIn(product.chatUrl, 'user@example.com'),
  ];
  cookies = { auth: auth.cookie, chat: chat.cookie };
  const { subject } = await product.database.db
    .selectFrom('people')
    .select('subject')
    .where('email', '=', 'user@example.com')
    .executeTakeFirstOrThrow();
  token = await new SignJWT({
    iss: product.issuer,
    aud: product.mcpResource,
    sub: subject,
    client_id: 'countersign-chat',
    jti: randomBytes(12).toString('hex'),
    scope: 'none',
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'base-1' })
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(await importJWK(product.baseKey, 'ES256'));
});
afterAll(() => product.stop());

/** Everything that bad input could leave behind. */
async function stored(): Promise<Record<string, string>> {
  const tables = [
    'scope_requests',
    'grants',
    'credentials',
    'decisions',
    'chat_sessions',
    'chat_messages',
    'tool_calls',
    'chat_sign_ins',
    'account_sessions',
  ] as const;
  const counts: Record<string, string> = {};
  for (const table of tables) {
    const row = await product.database.db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    counts[table] = row.count;
  }
  return counts;
}

interface Door {
  name: string;
  base: () => string;
  /** An address that takes JSON from somebody signed in. */
  path: string;
  headers: () => Record<string, string>;
  /** A body that it would take. */
  good: Record<string, unknown>;
}

const doors: Door[] = [
  {
    name: 'auth server',
    base: () => product.issuer,
    path: '/api/upgrade-scope',
    headers: () => ({ cookie: cookies.auth }),
    good: { scopes: ['execute:commands'], justification: secret },
  },
  {
    name: 'chat',
    base: () => product.chatUrl,
    path: '/chat',
    headers: () => ({ cookie: cookies.chat }),
    good: { message: secret },
  },
];

const json = { 'content-type': 'application/json' };
const problem = (answer: RawAnswer): [number, unknown] => {
  expect(answer.headers['content-type'], answer.text).toContain('application/problem+json');
  expect(answer.text).not.toContain(secret);
  return [answer.status, answer.code];
};

describe.each(doors)('bodies at the $name', ({ base, path, headers, good }) => {
  const post = (body: string | Uint8Array, more: Record<string, string> = json) =>
    send(base(), { method: 'POST', path, headers: { ...headers(), ...more }, body });
  const padded = (bytes: number) => JSON.stringify({ ...good, padding: secret.padEnd(bytes, 'x') });
  const deep = (levels: number) =>
    `{"scopes":["execute:commands"],"message":${'['.repeat(levels)}${']'.repeat(levels)},"tool_args":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
  const cases: [string, () => Promise<RawAnswer>, number, string][] = [
    ['no body', () => post(''), 400, 'invalid_request'],
    ['no JSON', () => post(`{"${secret}`), 400, 'invalid_request'],
    ['JSON that is no object', () => post(JSON.stringify([secret])), 400, 'invalid_request'],
    ['a bare text', () => post(JSON.stringify(secret)), 400, 'invalid_request'],
    ['null', () => post('null'), 400, 'invalid_request'],
    ['wrong types', () => post(JSON.stringify({ scopes: secret, message: [secret] })), 400, 'invalid_request'],
    ['a byte order mark and rubbish', () => post(`\uFEFF${secret}`), 400, 'invalid_request'],
    [
      'bytes that are not UTF-8',
      () => post(Buffer.concat([Buffer.from('{"scopes":["a"],"message":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}')])),
      400,
      'invalid_request',
    ],
    [
      'half of a surrogate pair',
      () => post('{"scopes":["execute:commands"],"justification":"\\ud800","message":"\\ud800"}'),
      400,
      'invalid_request',
    ],
    [
      'U+0000',
      () => post('{"scopes":["execute:commands"],"justification":"\\u0000","message":"\\u0000"}'),
      400,
      'invalid_request',
    ],
    [
      'a member called like the prototype',
      () =>
        post(
          `{"scopes":["execute:commands"],"message":"x","tool_args":{"__proto__":{"admin":true}},"__proto__":{"admin":true}}`,
        ),
      400,
      'invalid_request',
    ],
    ['33 levels', () => post(deep(33)), 400, 'invalid_request'],
    ['5,000 levels', () => post(deep(5_000)), 400, 'invalid_request'],
    ['a megabyte', () => post(padded(1_000_000)), 413, 'payload_too_large'],
    [
      'a megabyte without a length',
      () => post(padded(1_000_000), { ...json, 'transfer-encoding': 'chunked' }),
      413,
      'payload_too_large',
    ],
    [
      'a form of a megabyte',
      () =>
        post(`justification=${secret.padEnd(1_000_000, 'x')}`, { 'content-type': 'application/x-www-form-urlencoded' }),
      413,
      'payload_too_large',
    ],
    [
      'a form that is not UTF-8',
      () => post('scopes=%ff&message=%ff', { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      'invalid_request',
    ],
    [
      'a field given twice',
      () => post(`message=a&message=${secret}&scopes=a`, { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      'invalid_request',
    ],
    [
      'a thousand fields and more',
      () =>
        post(Array.from({ length: 1_001 }, (_, n) => `f${n}=1`).join('&'), {
          'content-type': 'application/x-www-form-urlencoded',
        }),
      413,
      'payload_too_large',
    ],
    ['plain text', () => post(JSON.stringify(good), { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
    ['no content type', () => post(JSON.stringify(good), {}), 415, 'unsupported_media_type'],
    [
      'another charset',
      () => post(JSON.stringify(good), { 'content-type': 'application/json; charset=latin1' }),
      415,
      'unsupported_media_type',
    ],
    [
      'multipart',
      () => post('--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      () => post(gzipSync(JSON.stringify(good)), { ...json, 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a body that unpacks to a hundred megabytes',
      () =>
        post(deflateSync(Buffer.alloc(100_000_000, 0x20)).subarray(0, 60_000), {
          ...json,
          'content-encoding': 'deflate',
        }),
      415,
      'unsupported_media_type',
    ],
    [
      'an encoding that there is not',
      () => post(JSON.stringify(good), { ...json, 'content-encoding': 'rot13' }),
      415,
      'unsupported_media_type',
    ],
    [
      'another site’s page',
      () => post(JSON.stringify(good), { ...json, origin: 'https://evil.example' }),
      403,
      'cross_site_request',
    ],
    [
      'another port of this host',
      () => post(JSON.stringify(good), { ...json, 'sec-fetch-site': 'same-site' }),
      403,
      'cross_site_request',
    ],
    [
      'nobody',
      () => send(base(), { method: 'POST', path, headers: json, body: JSON.stringify(good) }),
      401,
      'not_signed_in',
    ],
    [
      'an unknown cookie',
      () =>
        send(base(), {
          method: 'POST',
          path,
          headers: { ...json, cookie: `countersign_auth=${secret}; countersign_chat=${secret}; other=1` },
          body: JSON.stringify(good),
        }),
      401,
      'not_signed_in',
    ],
  ];

  test.each(cases)('%s', async (_name, ask, status, code) => {
    const before = await stored();
    expect(problem(await ask())).toEqual([status, code]);
    expect(await stored()).toEqual(before);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

describe('what upgrade-scope is asked for', () => {
  const ask = (body: unknown) =>
    send(product.issuer, {
      method: 'POST',
      path: '/api/upgrade-scope',
      headers: { ...json, cookie: cookies.auth },
      body: JSON.stringify(body),
    });
  const cases: [string, unknown, string][] = [
    ['no scopes', { scopes: [] }, 'invalid_request'],
    ['an unknown scope', { scopes: ['no:such'] }, 'unknown_scope'],
    ['an unknown scope among good ones', { scopes: ['read:files', 'no:such'] }, 'unknown_scope'],
    ['a scope named like a member of every object', { scopes: ['constructor'] }, 'unknown_scope'],
    ['a scope named __proto__', { scopes: ['__proto__'] }, 'unknown_scope'],
    ['10,000 scopes', { scopes: Array.from({ length: 10_000 }, () => 'a') }, 'invalid_request'],
    ['10,000 scopes that are none', { scopes: Array.from({ length: 10_000 }, () => '') }, 'invalid_request'],
    ['a scope with a space', { scopes: ['read:files execute:commands'] }, 'invalid_request'],
    ['a scope with a line break', { scopes: ['read:files\nX: y'] }, 'invalid_request'],
    ['a scope of 1,000 characters', { scopes: ['a'.repeat(1_000)] }, 'invalid_request'],
    [
      'a justification that is too long',
      { scopes: ['execute:commands'], justification: secret.repeat(200) },
      'invalid_request',
    ],
    ['arguments that are no object', { scopes: ['execute:commands'], tool_args: [secret] }, 'invalid_request'],
  ];
  test.each(cases)('%s', async (_name, body, code) => {
    const before = await stored();
    expect(problem(await ask(body))).toEqual([400, code]);
    expect(await stored()).toEqual(before);
  });

  test('a number that no program reads alike', async () => {
    const before = await stored();
    const body = JSON.stringify({ scopes: ['execute:commands'], tool_name: 'x', tool_args: { a: 'odd' } });
    const answer = await send(product.issuer, {
      method: 'POST',
      path: '/api/upgrade-scope',
      headers: { ...json, cookie: cookies.auth },
      body: body.replace('"odd"', '1e400'),
    });
    expect(problem(answer)).toEqual([400, 'invalid_request']);
    expect(await stored()).toEqual(before);
  });

  test('somebody else’s conversation is 404', async () => {
    expect(problem(await ask({ scopes: ['execute:commands'], session_id: 'ses_of_somebody' }))).toEqual([
      404,
      'not_found',
    ]);
  });

  test('control and bidi characters are stored as they are, for the approver to see', async () => {
    const justification = 'run \u202Etxt.exe\u202C \u0007 \u200B now';
    const answer = await ask({ scopes: ['admin:users'], tool_name: 'list_users', justification });
    expect(answer.status).toBe(200);
    const { approval_request_id: id } = JSON.parse(answer.text) as { approval_request_id: string };
    const admin = await signedIn(product.issuer, 'admin@example.com');
    expect((await admin.get(`/api/requests/${id}`)).body).toMatchObject({ request: { justification } });
    const user = await signedIn(product.issuer, 'user@example.com');
    expect((await user.post(`/api/requests/${id}/cancel`)).status).toBe(200);
  });
});

describe('ids', () => {
  const shapes = [
    'req_no_such',
    '%00',
    'a'.repeat(129),
    "'%20or%201=1--",
    '..%2f..%2fetc%2fpasswd',
    '%F0%9F%92%A3',
    '__proto__',
  ];
  const paths: [string, 'auth' | 'chat', string][] = [
    ['GET', 'auth', '/api/status/'],
    ['GET', 'auth', '/api/requests/'],
    ['POST', 'auth', '/api/approve/'],
    ['POST', 'auth', '/api/deny/'],
    ['POST', 'auth', '/api/requests/{id}/cancel'],
    ['POST', 'auth', '/api/grants/{id}/return'],
    ['POST', 'auth', '/api/grants/{id}/revoke'],
    ['GET', 'chat', '/check-approval/'],
  ];
  test.each(paths)('%s %s %s: what there is not is 404', async (method, door, path) => {
    const before = await stored();
    for (const shape of shapes) {
      const at = path.includes('{id}') ? path.replace('{id}', shape) : path + shape;
      const base = door === 'auth' ? product.issuer : product.chatUrl;
      const body = path.includes('deny') ? '{"reason":"no"}' : '{}';
      const answer = await send(base, {
        method,
        path: at,
        headers: { ...json, cookie: cookies[door] },
        ...(method === 'POST' ? { body } : {}),
      });
      expect([shape, ...problem(answer)]).toEqual([shape, 404, 'not_found']);
    }
    expect(await stored()).toEqual(before);
  });

  test('query parameters: given twice, of the wrong kind, not ours', async () => {
    for (const query of [
      'limit=0',
      'limit=x',
      'limit=1e9',
      'status=x',
      'status=pending&status=denied',
      'cursor=x',
      'cursor=%ff',
      `cursor=${Buffer.from('[1,2]').toString('base64url')}`,
      `cursor=${Buffer.from('["2026-11-25T00:00:00.000Z","\\u0000"]').toString('base64url')}`,
    ]) {
      for (const path of ['/api/requests', '/api/grants']) {
        const answer = await send(product.issuer, { path: `${path}?${query}`, headers: { cookie: cookies.auth } });
        expect([path, query, ...problem(answer)]).toEqual([path, query, 400, 'invalid_request']);
      }
    }
    const history = await send(product.chatUrl, {
      path: '/api/chat-history?session_id=a&session_id=b',
      headers: { cookie: cookies.chat },
    });
    expect(problem(history)).toEqual([400, 'invalid_request']);
  });
});

describe('the MCP server', () => {
  const mcp = () => new URL(product.mcpResource).origin;
  const rpc = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'health_check', arguments: {} } };
  const post = (body: string | Uint8Array, more: Record<string, string> = {}) =>
    send(mcp(), {
      method: 'POST',
      path: '/mcp',
      headers: { ...mcpClientHeaders, authorization: `Bearer ${token}`, ...more },
      body,
    });

  test('takes what is right', async () => {
    expect((await post(JSON.stringify(rpc))).status).toBe(200);
  });

  const cases: [string, () => Promise<RawAnswer>, number, unknown][] = [
    ['no JSON', () => post(`{"${secret}`), 400, -32700],
    ['no JSON-RPC', () => post(JSON.stringify({ hello: secret })), 400, -32600],
    ['not UTF-8', () => post(Buffer.of(0xff, 0xfe)), 400, -32700],
    ['plain text', () => post(JSON.stringify(rpc), { 'content-type': 'text/plain' }), 415, -32000],
    ['a megabyte', () => post(JSON.stringify({ ...rpc, padding: 'x'.repeat(1_000_000) })), 413, -32000],
    ['a compressed body', () => post(gzipSync(JSON.stringify(rpc)), { 'content-encoding': 'gzip' }), 400, -32700],
    ['answers that it does not give', () => post(JSON.stringify(rpc), { accept: 'text/html' }), 406, -32000],
    ['nobody', () => post(JSON.stringify(rpc), { authorization: '' }), 401, 'invalid_token'],
    ['a token of noise', () => post(JSON.stringify(rpc), { authorization: `Bearer ${secret}` }), 401, 'invalid_token'],
    ['another scheme', () => post(JSON.stringify(rpc), { authorization: `Basic ${secret}` }), 401, 'invalid_token'],
    [
      'a token of 10 kB',
      () => post(JSON.stringify(rpc), { authorization: `Bearer ${'x'.repeat(10_000)}` }),
      401,
      'invalid_token',
    ],
  ];
  test.each(cases)('%s', async (_name, ask, status, code) => {
    const before = await stored();
    const answer = await ask();
    expect([answer.status, answer.code], answer.text).toEqual([status, code]);
    expect(answer.text).not.toContain(secret);
    expect(await stored()).toEqual(before);
  });

  test('a method that it does not have is 405 with Allow', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const headers = { ...mcpClientHeaders, authorization: `Bearer ${token}` };
      const answer = await send(mcp(), { method, path: '/mcp', headers });
      expect([method, answer.status], answer.text).toEqual([method, 405]);
      expect(answer.headers.allow, method).toContain('POST');
    }
  });

  test('an unknown tool, and arguments that no tool takes, are failed calls', async () => {
    for (const params of [
      { name: secret, arguments: {} },
      { name: '__proto__', arguments: {} },
      { name: 'health_check', arguments: { constructor: { prototype: { admin: true } } } },
    ]) {
      const answer = await post(JSON.stringify({ ...rpc, params }));
      expect([200, 400].includes(answer.status), answer.text).toBe(true);
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    }
  });
});

const everyServer: [string, () => string, string][] = [
  ['auth server', () => product.issuer, '/healthz'],
  ['MCP server', () => new URL(product.mcpResource).origin, '/healthz'],
  ['chat', () => product.chatUrl, '/healthz'],
];

describe.each(everyServer)('HTTP at the %s', (_name, base, healthy) => {
  const host = () => new URL(base()).host;
  const goesOn = async () => expect((await send(base(), { path: healthy })).status).toBe(200);

  test('another Host is 421, whichever way it is said', async () => {
    for (const name of ['evil.example', `evil.example:80`, `${host()}.evil.example`]) {
      const answer = await send(base(), { path: healthy, headers: { host: name } });
      expect([name, ...problem(answer)]).toEqual([name, 421, 'wrong_host']);
    }
    expect(await sendBytes(base(), `GET ${healthy} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 421 /,
    );
    expect(await sendBytes(base(), `GET ${healthy} HTTP/1.1\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    const absolute = await sendBytes(
      base(),
      `GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(absolute).toMatch(/^HTTP\/1\.1 421 /);
  });

  test('headers, an address or cookies too large are 431', async () => {
    const tooLarge = 'x'.repeat(20_000);
    for (const target of [
      { path: healthy, headers: { 'x-filler': tooLarge } },
      { path: `${healthy}?${tooLarge}` },
      { path: healthy, headers: { cookie: Array.from({ length: 2_000 }, (_, n) => `c${n}=${n}`).join('; ') } },
    ]) {
      expect(problem(await send(base(), target))).toEqual([431, 'headers_too_large']);
    }
    await goesOn();
  });

  test('many and unknown cookies within the limit do not matter', async () => {
    const cookie = Array.from({ length: 300 }, (_, n) => `c${n}=${n}; __proto__=x; constructor=y`)
      .join('; ')
      .slice(0, 9_000);
    expect((await send(base(), { path: healthy, headers: { cookie } })).status).toBe(200);
  });

  test('a method that an address does not have is 405 with Allow', async () => {
    for (const method of ['POST', 'DELETE', 'PUT', 'PATCH', 'TRACE']) {
      const answer = await send(base(), { method, path: healthy });
      expect([method, ...problem(answer)]).toEqual([method, 405, 'method_not_allowed']);
      expect(answer.headers.allow).toBe('GET, HEAD');
    }
  });

  test('what is no HTTP is 400 and closed', async () => {
    for (const bytes of [
      `${secret}\r\n\r\n`,
      `GET ${healthy} HTTP/9.9\r\nHost: ${host()}\r\n\r\n`,
      `POST ${healthy} HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ]) {
      const text = await sendBytes(base(), bytes);
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(text).toContain('"invalid_request"');
    }
    await goesOn();
  });

  test('paths that climb are not followed', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/assets/../../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/etc/passwd',
      '/dashboard/assets/..%5c..%5cx',
      '/assets/%00',
      '/%c0%ae%c0%ae/etc/passwd',
      '//etc/passwd',
      '/assets/.env',
      '/assets/',
    ]) {
      const answer = await send(base(), { path });
      expect([path, answer.status < 500 && answer.status >= 300], answer.text).toEqual([path, true]);
      expect(answer.text).not.toMatch(/root:|"name": "countersign"/);
      if (answer.status < 400)
        expect(new URL(answer.headers.location ?? '', base()).origin).toBe(new URL(base()).origin);
    }
  });
});

test('a slow client is told 408 at every server, and others are served meanwhile', async () => {
  const goOn = () =>
    Promise.all(everyServer.map(async ([, base, path]) => expect((await send(base(), { path })).status).toBe(200)));
  const slow = everyServer.map(([, base, path]) =>
    sendBytes(base(), `GET ${path} HTTP/1.1\r\nHost: ${new URL(base()).host}\r\nX-Slow:`),
  );
  await goOn();
  for (const text of await Promise.all(slow)) {
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('"request_timeout"');
  }
  await goOn();
});

test('who leaves in the middle of a body leaves nothing behind', async () => {
  const before = await stored();
  for (const { base, path, headers, good } of doors) {
    const body = JSON.stringify(good);
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${new URL(base()).host}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      ...Object.entries(headers()).map(([name, value]) => `${name}: ${value}`),
    ];
    await sendAndLeave(base(), `${head.join('\r\n')}\r\n\r\n${body.slice(0, -1)}`);
  }
  expect(await stored()).toEqual(before);
});

test('nothing of what was refused is in the log, and nothing was a failure of ours', () => {
  const lines = log.entries.map((entry) => JSON.stringify(entry));
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  const failures = log.entries.filter(({ level, msg }) => Number(level) >= 50 && msg !== undefined);
  expect(failures).toEqual([]);
});

async function sendAndLeave(base: string, bytes: string): Promise<void> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(base);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, () => setTimeout(() => socket.destroy(), 100));
    });
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}
