import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../cli/embedded/free-port.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { pythonVenv, whyNoPython } from '../../cli/python-venv.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { addNotes } from '../support/notes-resource.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { notesClient } from '../support/protected-notes.ts';

const example = join(projectRoot, 'examples', 'python-fastmcp');
let reason: string | undefined;
let server: TestAuthServer | undefined;
let python: ProcessServer | undefined;
let notes: ReturnType<typeof notesClient>;

beforeAll(async () => {
  reason = await whyNoPython();
  if (reason !== undefined) return;
  const interpreter = await pythonVenv(join(example, 'requirements.txt'));
  server = await startAuthServer();
  const port = await freePort();
  const resource = `http://localhost:${port}/mcp`;
  const { clientId, secret } = await addNotes(server.ownerDb, resource);
  notes = notesClient(server, resource);
  python = await startProcess(interpreter, ['server.py'], {
    cwd: example,
    env: {
      COUNTERSIGN_ISSUER: server.issuer,
      NOTES_RESOURCE: resource,
      COUNTERSIGN_CLIENT_ID: clientId,
      COUNTERSIGN_CLIENT_SECRET: secret,
      PORT: String(port),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    ready: 'Uvicorn running',
  });
}, 400_000);
beforeEach(({ skip }) => {
  if (reason !== undefined) skip(reason);
});
afterAll(async () => {
  await python?.stop();
  await server?.stop();
});

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

test('a FastMCP server runs no tool that it was not told the scope of', async () => {
  const { token } = await notes.connected(['write:notes']);
  expect((await notes.rpc('tools/call', { name: 'another', arguments: {} }, token)).status).toBe(403);
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

test('a FastMCP server answers 503 while the authorization server is away, so that clients keep their tokens', async () => {
  const { token } = await notes.connected(['write:notes']);
  expect((await notes.addNote(token)).status).toBe(200);
  await server?.stop();
  server = undefined;
  const answer = await notes.addNote(token);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
});
