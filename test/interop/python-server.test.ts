import { join } from 'node:path';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../cli/embedded/run-command.ts';
import { freePort } from '../../cli/embedded/free-port.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { pythonVenv, whyNoPython } from '../../cli/python-venv.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { addNotes } from '../support/notes-resource.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { notesClient } from '../support/protected-notes.ts';
import { sendBytes } from '../support/raw-http.ts';
import { scriptedIssuer, type ScriptedIssuer } from './support/scripted-issuer.ts';

const example = join(projectRoot, 'examples', 'python-fastmcp');
const carelessServer = join(projectRoot, 'test', 'interop', 'support', 'careless_server.py');
let reason: string | undefined;
let server: TestAuthServer | undefined;
let python: ProcessServer | undefined;
let careless: ProcessServer | undefined;
let notes: ReturnType<typeof notesClient>;
/** Of a server with parts that were not named to what protects it, which takes the same tokens. */
let otherNotes: ReturnType<typeof notesClient>;
let resource: string;
let interpreter: string;

beforeAll(async () => {
  reason = await whyNoPython();
  if (reason !== undefined) return;
  interpreter = await pythonVenv(join(example, 'requirements.txt'));
  server = await startAuthServer();
  const port = await freePort();
  resource = `http://localhost:${port}/mcp`;
  const { clientId, secret } = await addNotes(server.ownerDb, resource);
  notes = notesClient(server, resource);
  const told = { issuer: server.issuer, resource, clientId, secret };
  python = await startExample(told);
  const otherPort = await freePort();
  otherNotes = notesClient(server, `http://localhost:${otherPort}/mcp`);
  careless = await startExample(told, otherPort, carelessServer);
}, 400_000);
beforeEach(({ skip }) => {
  if (reason !== undefined) skip(reason);
});
afterAll(async () => {
  await python?.stop();
  await careless?.stop();
  await server?.stop();
});

function startExample(
  told: { issuer: string; resource: string; clientId: string; secret: string },
  port = Number(new URL(told.resource).port),
  file = 'server.py',
) {
  return startProcess(interpreter, [file], {
    cwd: example,
    env: {
      COUNTERSIGN_ISSUER: told.issuer,
      NOTES_RESOURCE: told.resource,
      COUNTERSIGN_CLIENT_ID: told.clientId,
      COUNTERSIGN_CLIENT_SECRET: told.secret,
      PORT: String(port),
      PYTHONPATH: example,
      PYTHONDONTWRITEBYTECODE: '1',
    },
    ready: 'Uvicorn running',
  });
}

test('a FastMCP server leads clients to the authorization server', async () => {
  await notes.expectMetadata();
  expect(await notes.statusFor('evil.example')).toBe(421);
});

test('a FastMCP server refuses a call without its scope, and names what to ask for', async () => {
  const { token } = await notes.connected();
  const refused = await notes.addNote(token);
  expect(refused.status, JSON.stringify(refused.body)).toBe(403);
  expect(notes.challengeOf(refused)).toMatchObject({ error: 'insufficient_scope', scope: 'write:notes none' });
  expect(refused.body).toMatchObject({
    error_type: 'authorization_error',
    tool_name: 'add_note',
    required_scope: 'write:notes',
    current_scopes: [],
    approval_type: 'admin_required',
    user_email: notes.email,
  });
  expect((await notes.audited('tool.refused'))[0]).toMatchObject({ data: { tool: 'add_note', resource: 'notes' } });
});

test('a FastMCP server runs a call under its grant, recorded, until the grant ends', async () => {
  const { token, grantId } = await notes.connected(['write:notes']);
  const answer = await notes.addNote(token);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(JSON.stringify(answer.body)).toMatch(/There are \d+ notes/);
  expect((await notes.audited('tool.called'))[0]).toMatchObject({ grant_id: grantId, data: { tool: 'add_note' } });
  await server?.endGrant(grantId);
  expect((await notes.addNote(token)).status).toBe(403);
});

test.each([
  ['tools/call', { name: 'bare', arguments: {} }, -32_602],
  ['tools/call', { name: ['bare'], arguments: {} }, -32_602],
  ['tools/call', {}, -32_602],
  ['resources/read', { uri: 'notes://secret' }, -32_601],
  ['resources/subscribe', { uri: 'notes://secret' }, -32_601],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'draft' }, argument: { name: 'a', value: '' } }, -32_601],
])('a FastMCP server answers nothing that nobody decided about: %s %j', async (method, params, code) => {
  const { token } = await notes.connected(['write:notes']);
  const answer = await otherNotes.rpc(method, params, token);
  expect(answer.body).toMatchObject({ error: { code } });
  expect(careless?.output()).not.toMatch(/(bare|secret) was reached/);
});

test('a FastMCP server answers by a prompt where prompts are opened, and not elsewhere', async () => {
  const { token } = await notes.connected();
  const prompt = { name: 'draft' };
  expect((await notes.rpc('prompts/get', prompt, token)).body).toMatchObject({ error: { code: -32_601 } });
  expect(JSON.stringify((await otherNotes.rpc('prompts/get', prompt, token)).body)).toContain('Write a note.');
  expect(JSON.stringify((await otherNotes.rpc('tools/list', {}, token)).body)).toContain('bare');
});

test('a FastMCP server tells in the result whoever was refused just now, or cannot step up', async () => {
  const refused = await notes.connected();
  await notes.deny(refused.clientId, 'write:notes', 'Not on a Friday');
  const answer = await notes.addNote(refused.token);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200, body: { isError: true } });
  expect(JSON.stringify(answer.body)).toContain('Not on a Friday');
  const unable = await notes.connected();
  await notes.answerInBand(unable.clientId);
  expect(await notes.addNote(unable.token)).toMatchObject({ status: 200, body: { isError: true } });
});

test('a FastMCP server takes no token of another resource, and none that is forged', async () => {
  const { token: own } = await notes.connected(['write:notes']);
  const { token: foreign } = await notes.connected(['read:files'], server?.mcpResource);
  const [header, payload] = own.split('.');
  for (const bad of [foreign, `${header}.${payload}.AAAA`, 'nothing'])
    expect((await notes.addNote(bad)).status).toBe(401);
});

const addNoteBody = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 2, method: 'tools/call' },
  params: { name: 'add_note', arguments: { text: 'hello' } },
});

/** An HTTP request as bytes, with these header lines. */
function rawPost(body: string, headers: readonly string[]): string {
  const { host, pathname } = new URL(resource);
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    'MCP-Protocol-Version: 2025-06-18',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const statusesIn = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code]) => Number(code));
const listTools = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

test.each([
  ['two authorizations, the first of another scheme', ['Authorization: Basic y', 'Authorization: Bearer x'], 400],
  ['two authorizations, the last of another scheme', ['Authorization: Bearer x', 'Authorization: Basic y'], 400],
  ['another scheme', ['Authorization: Basic y'], 401],
  ['no authorization', [], 401],
  ['an authorization that is no token', ['Authorization: Bearer x y'], 401],
])(
  'a FastMCP server lets no pipelined request pass on the answer to the one before: %s',
  async (_, headers, status) => {
    const { token } = await notes.connected();
    const text = await sendBytes(
      resource,
      rawPost(listTools, [`Authorization: Bearer ${token}`]) + rawPost(addNoteBody, [...headers, 'Connection: close']),
    );
    expect(text).not.toMatch(/There are \d+ notes/);
    expect(statusesIn(text)).toEqual([200, status]);
  },
);

test('a FastMCP server judges each of two pipelined requests by its own token', async () => {
  const [holder, other] = [await notes.connected(['write:notes']), await notes.connected()];
  const text = await sendBytes(
    resource,
    rawPost(addNoteBody, [`Authorization: Bearer ${holder.token}`]) +
      rawPost(addNoteBody, [`Authorization: Bearer ${other.token}`, 'Connection: close']),
  );
  expect(statusesIn(text)).toEqual([200, 403]);
});

test.each([
  ['bytes that are no JSON', 'add_note'],
  ['several messages', `[${addNoteBody}]`],
  ['half of a character', addNoteBody.replace('hello', String.raw`\ud800`)],
  ['numbers too long to read', `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"x":${'9'.repeat(5_000)}}}`],
  ['JSON nested too deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
])('a FastMCP server hands on nothing that it cannot read: %s', async (_, body) => {
  const { token } = await notes.connected();
  const text = await sendBytes(resource, rawPost(body, [`Authorization: Bearer ${token}`, 'Connection: close']));
  expect(statusesIn(text)).toEqual([400]);
});

test.each([
  ['that is broken off', "{'type': 'http.disconnect'}", 400],
  ['that does not end', 'await asyncio.Event().wait()', 408],
])('a FastMCP server takes nothing of a request %s', async (_, then, status) => {
  const script = `
import asyncio, sys
sys.path.insert(0, ${JSON.stringify(example)})
import countersign
countersign.BODY_WITHIN = 0.05
parts = [{'type': 'http.request', 'body': b'{}', 'more_body': True}]
async def receive():
    return parts.pop() if parts else (${then})
async def read():
    try:
        return await asyncio.wait_for(countersign._read(receive), 5)
    except countersign._Answered as answered:
        return answered.status
print('answered', asyncio.run(read()))
`;
  const { output } = await runCommand(interpreter, ['-B', '-c', script]);
  expect(output).toContain(`answered ${status}`);
});

describe('a FastMCP server whose authorization server is scripted', () => {
  let scripted: ScriptedIssuer;
  let own: ProcessServer;
  let client: ReturnType<typeof notesClient>;
  let good: object;
  beforeAll(async () => {
    if (reason !== undefined || server === undefined) return;
    const address = `http://localhost:${await freePort()}/mcp`;
    scripted = await scriptedIssuer(address);
    own = await startExample({ issuer: scripted.issuer, resource: address, clientId: 'id', secret: 'secret' });
    client = notesClient(server, address);
    good = {
      ...{ active: true, scope: 'none write:notes', client_id: 'c', sub: 's', username: 'u@example.com', aud: address },
      ...{ exp: 4_000_000_000, grants: [], approval_types: {}, tools: {}, in_band: false },
    };
  }, 60_000);
  afterAll(async () => {
    if (reason !== undefined || server === undefined) return;
    await own.stop();
    scripted.stop();
  });

  test('a FastMCP server runs nothing with a token that ends between the questions about it', async () => {
    const token = await scripted.token({});
    const begun = { ...good, call: { allowed: true, scope: 'write:notes' } };
    scripted.answers.push(begun);
    expect(JSON.stringify((await client.addNote(token)).body)).toContain('There are 1 notes');
    // Of a tool that the policy alone gives a scope it is asked twice.
    scripted.answers.push({ ...good, tools: { elsewhere: 'write:notes' } }, { active: false });
    expect((await client.rpc('tools/call', { name: 'elsewhere', arguments: {} }, token)).status).toBe(401);
    scripted.answers.push({ ...begun, active: false });
    expect((await client.addNote(token)).status).toBe(401);
    // Bound to a key: it says so, whether the token comes as a bare Bearer or with its proof.
    scripted.answers.push({ ...begun, cnf: { jkt: 'a thumbprint' } });
    for (const headers of [{}, { authorization: `DPoP ${token}` }]) {
      const { status, body } = await client.addNote(token, headers);
      expect([status, body]).toMatchObject([
        401,
        { error_description: expect.stringContaining('without DPoP') as string },
      ]);
    }
    // Nobody has judged the call.
    scripted.answers.push(good);
    expect((await client.addNote(token)).status).toBe(503);
    scripted.answers.push({ ...good, call: { allowed: false, scope: 'write:notes' } }, good);
    expect((await client.addNote(token)).status).toBe(403);
    scripted.answers.push(begun);
    expect(JSON.stringify((await client.addNote(token)).body)).toContain('There are 2 notes');
  });

  test.each<[string, () => string | Promise<string>]>([
    ['no JWT', () => 'nothing'],
    ['one that another key signed', async () => scripted.token({}, {}, (await generateKeyPair('ES256')).privateKey)],
    ['one of an unknown key', () => scripted.token({}, { kid: 'two' })],
    ['one that names no key', () => scripted.token({}, { kid: undefined })],
    ['one of another type', () => scripted.token({}, { typ: 'JWT' })],
    ['one for another server', () => scripted.token({ aud: 'http://localhost:1/mcp' })],
    ['one of another issuer', () => scripted.token({ iss: 'http://localhost:1' })],
    ['one that has expired', () => scripted.token({ exp: 1_000_000_000 })],
    ['one that never expires', () => scripted.token({ exp: undefined })],
    ['one without a signature', () => `${encoded({ alg: 'none', typ: 'at+jwt', kid: 'one' })}.${encoded({})}.`],
    ['one that a shared secret signed', () => `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: 'one' })}.e30.AAAA`],
  ])('a FastMCP server asks nobody about a made-up token: %s', async (_, made) => {
    scripted.answers.length = 0;
    const before = scripted.asked();
    expect((await client.addNote(await made())).status).toBe(401);
    expect(scripted.asked()).toBe(before);
  });
});

test('a FastMCP server answers 503 while the authorization server is away, so that clients keep their tokens', async () => {
  const { token } = await notes.connected(['write:notes']);
  expect((await notes.addNote(token)).status).toBe(200);
  await server?.stop();
  server = undefined;
  const answer = await notes.addNote(token);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
});
