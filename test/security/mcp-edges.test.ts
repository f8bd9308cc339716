import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startResourceServer, type TestResourceServer } from '../support/mcp-resource-server.ts';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { send, sendBytes, type RawAnswer } from '../support/raw-http.ts';

let server: TestResourceServer;
let workspace: string;
let token: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'countersign-mcp-edges-'));
  server = await startResourceServer(workspace);
  token = await server.token('none');
});
afterAll(async () => {
  await server.stop();
  await rm(workspace, { recursive: true, force: true });
});

const message = (method: string, params: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', id, method, params });
const call = (name = 'get_server_info', args: unknown = {}) => message('tools/call', { name, arguments: args });
const modern = (version: string, params: Record<string, unknown> = {}) => ({
  ...params,
  _meta: {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
});

function post(body: unknown, headers: Record<string, string> = {}, path = '/mcp'): Promise<RawAnswer> {
  return send(server.url.origin, {
    method: 'POST',
    path,
    headers: { ...mcpClientHeaders, authorization: `Bearer ${token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

// Whatever was sent: it left no mark, and whoever comes next is served.
afterEach(async () => {
  expect(server.authority.entries.filter(({ type }) => type.startsWith('tool.called'))).toEqual([]);
  expect((await post(call())).status).toBe(200);
});

describe('protocol versions', () => {
  test('one that nobody knows is answered with one that the server speaks', async () => {
    const hello = { protocolVersion: '1999-01-01', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
    const answer = await post(message('initialize', hello));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"protocolVersion":"2025-11-25"');
  });

  const wrong: [string, unknown, Record<string, string>, number][] = [
    ['an unknown one in the header', call(), { 'mcp-protocol-version': '1999-01-01' }, -32_000],
    ['noise in the header', call(), { 'mcp-protocol-version': 'a'.repeat(3_000) }, -32_602],
    [
      'one from the future',
      message('tools/list', modern('2099-01-01')),
      { 'mcp-protocol-version': '2099-01-01', 'mcp-method': 'tools/list' },
      -32_022,
    ],
    [
      'one in the header and another in the body',
      message('tools/list', modern('2026-07-28')),
      { 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'tools/list' },
      -32_020,
    ],
    [
      'a method in the header that is not the one of the body',
      message('tools/call', modern('2026-07-28', { name: 'list_users', arguments: {} })),
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
      -32_020,
    ],
    [
      'a tool in the header that is not the one of the body',
      message('tools/call', modern('2026-07-28', { name: 'list_users', arguments: {} })),
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'get_server_info' },
      -32_020,
    ],
  ];
  test.each(wrong)('%s is 400', async (_name, body, headers, code) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.code], answer.text).toEqual([400, code]);
  });
});

describe('JSON-RPC', () => {
  const wrong: [string, unknown][] = [
    ['a batch of nothing', []],
    ['a batch of six calls', Array.from({ length: 6 }, (_, id) => ({ ...call('list_users'), id }))],
    ['a batch of 2,000 calls', Array.from({ length: 2_000 }, (_, id) => message('tools/call', {}, id))],
    ['100,000 brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['an id that is null', message('tools/list', {}, null)],
    ['an id that is an object', message('tools/list', {}, { a: 1 })],
    ['another version of it', { id: 1, jsonrpc: '1.0', method: 'tools/list' }],
    ['no version of it', { id: 1, method: 'tools/list' }],
    ['parameters that are a list', message('tools/call', ['get_server_info'])],
    ['a method that is a number', { jsonrpc: '2.0', id: 1, method: 7 }],
  ];
  test.each(wrong)('%s is 400, -32600', async (_name, body) => {
    const answer = await post(body);
    expect([answer.status, answer.code], answer.text).toEqual([400, -32_600]);
    expect(answer.text.length).toBeLessThan(500);
  });

  test.each(['__proto__', 'constructor', 'toString', '\ud800', '', 'a'.repeat(10_000)])(
    'a tool called %j is none',
    async (name) => {
      expect((await post(call(name))).text).toContain('-32602');
    },
  );

  test('20,000 levels of arguments neither run nor harm anything', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_users","arguments":${deep}}}`;
    expect((await post(body)).status).toBe(403);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test.each([
    ['a number that is too large', '1e400'],
    ['half of a surrogate pair', String.raw`"\ud800"`],
  ])('arguments with %s are 400 invalid_request', async (_name, value) => {
    for (const name of ['list_users', 'get_server_info']) {
      const answer = await post(JSON.stringify(call(name, { a: 'odd' })).replace('"odd"', value));
      expect([answer.status, answer.code], answer.text).toEqual([400, 'invalid_request']);
    }
  });

  test('arguments for the prototype reach no prototype', async () => {
    const args = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}';
    await post(
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_server_info","arguments":${args}}}`,
    );
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('of a member given twice, the one that is judged is the one that would run', async () => {
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_server_info","name":"list_users","arguments":{}}}';
    expect((await post(body)).status).toBe(403);
  });

  test.each([
    ['a call as a notification, which nobody would be answered', { ...call(), id: undefined }],
    ['an answer to what was never asked', { jsonrpc: '2.0', id: 1, result: { admin: true } }],
  ])('%s does nothing', async (_name, body) => {
    expect([(await post(body)).status, (await post(body)).text]).toEqual([202, '']);
  });
});

describe('tokens', () => {
  test('in the address or the body are none (RFC 6750 section 2)', async () => {
    const inAddress = await post(call(), { authorization: '' }, `/mcp?access_token=${token}`);
    expect([inAddress.status, inAddress.code]).toEqual([401, 'invalid_token']);
    const inBody = await post({ ...call(), access_token: token }, { authorization: '' });
    expect([inBody.status, inBody.code]).toEqual([401, 'invalid_token']);
  });

  test('two of them are not tried one after the other', async () => {
    const body = JSON.stringify(call());
    const head = [
      'POST /mcp HTTP/1.1',
      'Host: localhost',
      'Authorization: Bearer bad',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      'Accept: application/json, text/event-stream',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    expect(await sendBytes(server.url.origin, `${head.join('\r\n')}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('a session id adds nothing to a token and replaces none: there are no sessions to take over', async () => {
    expect((await post(call(), { 'mcp-session-id': 'stolen' })).status).toBe(200);
    const without = await post(call(), { 'mcp-session-id': 'stolen', authorization: '' });
    expect(without.status).toBe(401);
    expect(without.headers['mcp-session-id']).toBeUndefined();
  });
});

test('a thousand clients that stop half way keep nobody else from being served', async () => {
  const sockets = Array.from({ length: 1_000 }, () => {
    const socket = connect(Number(server.url.port), server.url.hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(call())));
  for (const socket of sockets) socket.destroy();
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
});
