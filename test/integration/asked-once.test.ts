import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { protect } from 'countersign/express';
import { resourceServer } from 'countersign/mcp';
import express, { type Express } from 'express';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Introspection } from '../../api/contract/introspection.ts';

/** What a question to the authorization server says, but for the token. */
type Asked = Record<string, string>;

let key: CryptoKey;
let issuer: string;
let resource: string;
const servers: Server[] = [];
/** In their order. */
let questions: Asked[] = [];
let runs: unknown[] = [];
/** Calls that began and of which nobody has heard the end. */
let open = 0;
/** What the authorization server answers; undefined is 503. */
let answer: (asked: Asked) => Introspection | undefined;
let scopeOfTool = 'write:notes';
/** Of a tool that is there from then on. */
let scopeOfLater: string | undefined;
let logged: unknown[] = [];

async function listen(app: Express): Promise<string> {
  const http = createServer(app);
  servers.push(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return `http://localhost:${(http.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'mint-1', alg: 'ES256', use: 'sig' };
  const auth = express();
  issuer = await listen(auth);
  auth.get('/.well-known/oauth-authorization-server', (_request, response) => {
    response.json({ issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/introspect` });
  });
  auth.get('/jwks', (_request, response) => void response.json({ keys: [jwk] }));
  auth.post('/introspect', express.urlencoded({ extended: false }), (request, response) => {
    const { token: _token, ...asked } = request.body as Asked;
    questions.push(asked);
    const given = answer(asked);
    if (given?.active === true && given.call?.allowed === true) open += 1;
    if (asked['tool_event'] === 'finished') open -= 1;
    if (given === undefined) response.status(503).end();
    else response.json(given);
  });

  const app = express();
  resource = `${await listen(app)}/mcp`;
  const silent = { info: () => undefined, warn: () => undefined, error: (...said: unknown[]) => logged.push(said) };
  const credentials = { clientId: 'notes', clientSecret: 's' };
  const countersign = resourceServer({ issuer, resource, name: 'Notes', logger: silent, ...credentials });
  // Smaller than what is read at most.
  const limit = { maxRequestBodySize: 50_000 };
  const handler = countersign.handler(() => {
    const server = new McpServer({ name: 'notes', version: '0' });
    const inputSchema = z.object({ text: z.string() });
    const later = scopeOfLater === undefined ? {} : { later: scopeOfLater };
    const tools = { add_note: 'write:notes', for_whom: scopeOfTool, ...later };
    for (const [name, scope] of Object.entries(tools)) {
      countersign.tool(server, { name, scope, description: 'x', inputSchema }, (args) => {
        runs.push(args);
        return { content: [{ type: 'text', text: 'added' }] };
      });
    }
    return server;
  }, limit);
  app.use(protect(countersign, handler));
});
afterAll(() => {
  for (const server of servers) server.close();
});

const judged =
  (allowed: boolean, more: object = {}) =>
  (asked: Asked): Introspection => ({
    ...{ active: true, scope: 'none', client_id: 'c', sub: 'usr_1', username: 'user@example.com', iss: issuer },
    ...{ aud: resource, iat: 0, exp: 0, jti: 'j', token_type: 'Bearer', in_band: false, tools: {} },
    grants: allowed ? [{ scope: 'write:notes', grant_id: 'grt_1' }] : [],
    approval_types: { 'write:notes': 'admin_required' },
    ...(asked['tool_event'] === 'called'
      ? { call: { allowed, scope: asked['tool_scope'] ?? '', ...(allowed ? { grant_id: 'grt_1' } : {}) } }
      : {}),
    ...more,
  });

beforeEach(async () => {
  scopeOfTool = 'write:notes';
  scopeOfLater = undefined;
  answer = judged(true);
  // A process that has seen the tool.
  await call('add_note', { text: 'first' });
  await ended();
  questions = [];
  runs = [];
  logged = [];
});
afterEach(() => ended());

/** How a call ended is told behind its answer. */
const ended = () => expect.poll(() => open).toBe(0);

async function token(): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { iss: issuer, aud: resource, sub: 'usr_1', client_id: 'c', iat, exp: iat + 60 };
  return new SignJWT({ ...claims, jti: crypto.randomUUID(), scope: 'none read:notes write:notes' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'mint-1' })
    .sign(key);
}

const message = (name: string, args: object, id = 1) => ({
  ...{ jsonrpc: '2.0', id, method: 'tools/call' },
  params: { name, arguments: args },
});

async function post(body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(resource, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-03-26',
      ...headers,
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const call = (name: string, args: object, headers?: Record<string, string>) =>
  post(JSON.stringify(message(name, args)), headers);

const events = () => questions.map(({ tool_event: event = 'standing' }) => event);

test('a call is judged and recorded by the question about its caller', async () => {
  expect((await call('add_note', { text: 'hello' })).text).toContain('added');
  expect(runs).toEqual([{ text: 'hello' }]);
  await expect.poll(events).toEqual(['called', 'finished']);
  expect(questions[0]).toMatchObject({ tool_name: 'add_note', tool_scope: 'write:notes' });
  expect(questions[1]).toMatchObject({ grant_id: 'grt_1', tool_outcome: 'succeeded' });
  expect(questions[1]?.['argument_digest']).toBe(questions[0]?.['argument_digest']);
  expect(JSON.stringify(questions)).not.toContain('hello');
});

test('one that is refused by that question does not run, and is refused once', async () => {
  answer = judged(false);
  const refused = await call('add_note', { text: 'hello' });
  expect([refused.status, runs]).toEqual([403, []]);
  expect(JSON.parse(refused.text)).toMatchObject({ required_scope: 'write:notes', current_scopes: [] });
  // Then only how the last request for the scope ended.
  expect(events()).toEqual(['called', 'standing']);
});

test('one whose grant ended as it was judged does not run, whatever was read before', async () => {
  answer = judged(true, { call: { allowed: false, scope: 'write:notes' } });
  const refused = await call('add_note', { text: 'hello' });
  expect([refused.status, runs]).toEqual([403, []]);
  expect(JSON.parse(refused.text)).toMatchObject({ current_scopes: [] });
});

test('one that live policy denies does not run, though it was let begin, and is recorded as not run', async () => {
  answer = judged(true, { approval_types: {} });
  expect([(await call('add_note', { text: 'hello' })).status, runs]).toEqual([403, []]);
  await expect.poll(() => questions).toContainEqual(expect.objectContaining({ tool_outcome: 'not_run' }));
});

test('one that needs another scope by policy is begun with that, not with what was asked about', async () => {
  answer = (asked) =>
    judged(true, {
      tools: { add_note: 'admin:notes' },
      approval_types: { 'admin:notes': 'admin_required' },
      ...(asked['tool_event'] === 'called' ? { call: { allowed: false, scope: 'admin:notes' } } : {}),
    })(asked);
  const refused = await call('add_note', { text: 'hello' });
  expect([refused.status, runs]).toEqual([403, []]);
  expect(JSON.parse(refused.text)).toMatchObject({ required_scope: 'admin:notes' });
  expect(events()).toEqual(['called', 'standing']);
});

test('a request that is refused before its call was looked at leaves the end of what had begun', async () => {
  expect([(await call('add_note', { text: 'hello' }, { accept: 'text/html' })).status, runs]).toEqual([406, []]);
  await expect.poll(events).toEqual(['called', 'finished']);
  expect(questions[1]).toMatchObject({ tool_outcome: 'not_run', grant_id: 'grt_1' });
});

const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'add_note' };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
test.each([
  ['of the wrong type', { arguments: { text: 5 } }, {}],
  ['that are a list', { arguments: [1] }, {}],
  ['that are missing', {}, {}],
  ['of the wrong type, by the current revision', { arguments: { text: 5 }, _meta: envelope }, modern],
])('a call with arguments %s does not run, and its end says so', async (_name, params, headers) => {
  const unfit = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'add_note', ...params } };
  const answered = await post(JSON.stringify(unfit), headers);
  expect(answered.text).not.toContain('added');
  await expect.poll(events).toEqual(['called', 'finished']);
  expect(questions[1]).toMatchObject({ tool_outcome: 'not_run', grant_id: 'grt_1' });
  expect([runs, logged]).toEqual([[], []]);
});

test('of a batch, what is unfit has not run, and the rest has', async () => {
  const batch = [message('add_note', { text: 5 }, 1), message('add_note', { text: 'two' }, 2)];
  expect((await post(JSON.stringify(batch))).status).toBe(200);
  expect(runs).toEqual([{ text: 'two' }]);
  await ended();
  const outcomes = questions.flatMap(({ tool_outcome: outcome }) => outcome ?? []);
  expect(outcomes.sort()).toEqual(['not_run', 'succeeded']);
});

test('an account that is closed is 401, an authorization server that is away 503, and nothing runs', async () => {
  answer = () => ({ active: false });
  expect((await call('add_note', { text: 'hello' })).status).toBe(401);
  answer = () => undefined;
  expect((await call('add_note', { text: 'hello' })).status).toBe(503);
  expect(runs).toEqual([]);
});

test('each call of a batch is begun by itself', async () => {
  const batch = [message('add_note', { text: 'one' }, 1), message('add_note', { text: 'two' }, 2)];
  expect((await post(JSON.stringify(batch))).status).toBe(200);
  expect(runs).toHaveLength(2);
  await expect.poll(events).toEqual(['standing', 'called', 'called', 'finished', 'finished']);
});

test('a batch of more calls than a few is refused before anything is asked, and says what to do', async () => {
  const batch = (calls: number) =>
    JSON.stringify([
      { jsonrpc: '2.0', id: 'list', method: 'tools/list' },
      ...Array.from({ length: calls }, (_, id) => message('add_note', { text: 'x' }, id)),
    ]);
  const refused = await post(batch(6));
  expect([refused.status, runs, questions]).toEqual([400, [], []]);
  expect(JSON.parse(refused.text)).toMatchObject({ id: null, error: { code: -32_600 } });
  expect(refused.text).toContain('at most 5 tools/call');
  expect((await post(batch(5))).status).toBe(200);
  expect(runs).toHaveLength(5);
});

test.each([
  ['a number that is too large', '1e400'],
  ['half of a surrogate pair', String.raw`"\ud800"`],
  ['the like as a name', String.raw`{"\ud800":1}`],
])(
  'arguments with %s are 400 before anything is asked, in a batch too, and nothing is logged',
  async (_name, value) => {
    const odd = JSON.stringify(message('add_note', { text: 'odd' }, 2)).replace('"odd"', value);
    for (const name of ['add_note', 'for_whom']) {
      const refused = await post(odd.replace('add_note', name));
      expect(refused.status, refused.text).toBe(400);
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'invalid_request' });
      expect(refused.text).toContain('arguments');
    }
    expect([runs, questions]).toEqual([[], []]);
    expect((await post(`[${JSON.stringify(message('add_note', { text: 'good' }, 1))},${odd}]`)).status).toBe(400);
    expect([runs, logged]).toEqual([[], []]);
  },
);

test('the like for a tool that this process has not seen yet is 400, too', async () => {
  const odd = JSON.stringify(message('later', { text: 'odd' })).replace('"odd"', '1e400');
  scopeOfLater = 'write:notes';
  const refused = await post(odd);
  expect([refused.status, runs, logged]).toEqual([400, [], []]);
  expect(JSON.parse(refused.text)).toMatchObject({ code: 'invalid_request' });
});

test('a tool that has another scope for another caller is not named', async () => {
  answer = judged(true, {
    grants: [{ scope: 'read:notes', grant_id: 'grt_2' }],
    approval_types: { 'read:notes': 'auto' },
  });
  scopeOfTool = 'read:notes';
  await call('for_whom', { text: 'one' });
  await ended();
  questions = [];
  await call('for_whom', { text: 'two' });
  expect(events().slice(0, 2)).toEqual(['standing', 'called']);
});

test('what is made up costs the authorization server nothing, and what is no call is asked about as before', async () => {
  expect((await call('add_note', {}, { authorization: 'Bearer made.up.token' })).status).toBe(401);
  expect(questions).toEqual([]);
  const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect((await post(list)).text).toContain('add_note');
  expect((await call('unknown', {})).text).toContain('not found');
  expect((await post('{"jsonrpc":')).status).toBe(400);
  expect((await post(`"${'x'.repeat(60_000)}"`)).status).toBe(413);
  expect(events()).toEqual(['standing', 'standing', 'standing']);
});
