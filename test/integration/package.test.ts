import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../cli/embedded/free-port.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { addNotes } from '../support/notes-resource.ts';
import { installPackage, type InstalledPackage } from '../support/package-install.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { notesClient } from '../support/protected-notes.ts';

const run = promisify(execFile);
let work: string;
let installed: InstalledPackage;
let server: TestAuthServer;
let notes: ReturnType<typeof notesClient>;
let resource: string;
const running: ProcessServer[] = [];
let stopped = false;
let credentials: { clientId: string; secret: string };

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'cs-package-'));
  installed = await installPackage(work, ['zod', 'typescript', '@types/node', '@types/express']);
  console.log(`installed by ${installed.by}`);
  await copyFile(join(projectRoot, 'examples', 'typescript-express', 'server.ts'), join(installed.folder, 'server.ts'));
  server = await startAuthServer();
  const port = await freePort();
  resource = `http://localhost:${port}/mcp`;
  credentials = await addNotes(server.ownerDb, resource);
  notes = notesClient(server, resource);
  running.push(await start(port, credentials.secret));
}, 180_000);
afterAll(async () => {
  for (const one of running) await one.stop();
  if (!stopped) await server.stop();
  await rm(work, { recursive: true });
});

function start(port: number, secret: string): Promise<ProcessServer> {
  return startProcess(process.execPath, ['server.ts'], {
    cwd: installed.folder,
    env: {
      COUNTERSIGN_ISSUER: server.issuer,
      NOTES_RESOURCE: resource,
      COUNTERSIGN_CLIENT_ID: credentials.clientId,
      COUNTERSIGN_CLIENT_SECRET: secret,
      PORT: String(port),
    },
    ready: 'Notes at',
  });
}

describe('what npm packs', () => {
  test('is JavaScript with its types, and nothing else of the product', async () => {
    expect(installed.files.filter((path) => !/\.(js|d\.ts)$/.test(path)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    const manifest = JSON.parse(
      await readFile(join(installed.folder, 'node_modules', 'countersign', 'package.json'), 'utf8'),
    ) as { dependencies: Record<string, string> };
    expect(Object.keys(manifest.dependencies)).toEqual([
      '@modelcontextprotocol/node',
      'canonicalize',
      'jose',
      'lru-cache',
      'zod',
    ]);
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('bin');
  });

  test('is typed: the example compiles in a strict project, a wrong use does not', async () => {
    const tsc = (file: string) =>
      run(
        process.execPath,
        [
          join('node_modules', 'typescript', 'bin', 'tsc'),
          ...'--noEmit --strict --exactOptionalPropertyTypes --module NodeNext --target ES2023 --types node'.split(' '),
          file,
        ],
        { cwd: installed.folder },
      ).then(
        () => '',
        (error: unknown) => (error as { stdout: string }).stdout,
      );
    expect(await tsc('server.ts')).toBe('');
    const text = await readFile(join(installed.folder, 'server.ts'), 'utf8');
    await writeFile(join(installed.folder, 'wrong.ts'), text.replace('({ text }, {', '({ words }, {'));
    expect(await tsc('wrong.ts')).toContain("Property 'words' does not exist");
  }, 120_000);

  test('has no other way in', async () => {
    await writeFile(join(installed.folder, 'inside.mjs'), "import 'countersign/mcp-server/mcp.js';");
    await expect(run(process.execPath, ['inside.mjs'], { cwd: installed.folder })).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });
});

describe('somebody else’s server, in a project of its own', () => {
  test('leads clients to the authorization server', async () => {
    await notes.expectMetadata();
    expect(await notes.statusFor('evil.example')).toBe(421);
  });

  test('refuses a call without its scope, and names what to ask for', async () => {
    const { token } = await notes.connected();
    const refused = await notes.addNote(token);
    expect(refused.status).toBe(403);
    expect(notes.challengeOf(refused)).toMatchObject({ error: 'insufficient_scope', scope: 'write:notes none' });
    expect(refused.body).toMatchObject({
      error: 'insufficient_scope',
      error_type: 'authorization_error',
      tool_name: 'add_note',
      required_scope: 'write:notes',
      current_scopes: [],
      approval_type: 'admin_required',
      user_email: notes.email,
    });
    expect((await notes.audited('tool.refused'))[0]).toMatchObject({ data: { tool: 'add_note', resource: 'notes' } });
  });

  test('runs a call under its grant, recorded, until the grant ends', async () => {
    const { token, grantId } = await notes.connected(['write:notes']);
    const answer = await notes.addNote(token);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).toMatch(/There are \d+ notes/);
    expect((await notes.audited('tool.called'))[0]).toMatchObject({ grant_id: grantId, data: { tool: 'add_note' } });
    await expect
      .poll(async () => (await notes.audited('tool.finished'))[0])
      .toMatchObject({ grant_id: grantId, data: { outcome: 'succeeded' } });
    expect(JSON.stringify(await notes.audited('tool.called'))).not.toContain('hello');
    await server.endGrant(grantId);
    expect((await notes.addNote(token)).status).toBe(403);
  });

  test('takes no token of another resource, and none that is forged', async () => {
    const { token: own } = await notes.connected(['write:notes']);
    const { token: foreign } = await notes.connected(['read:files'], server.mcpResource);
    const [header, payload] = own.split('.');
    const noKey = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt' })).toString('base64url');
    for (const bad of [foreign, `${header}.${payload}.AAAA`, `${noKey}.${payload}.AAAA`, 'nothing']) {
      const refused = await notes.addNote(bad);
      expect(refused.status).toBe(401);
      expect(notes.challengeOf(refused)).toMatchObject({ error: 'invalid_token' });
    }
  });

  test('takes a token that is bound to a key with a proof only (RFC 9449)', async () => {
    const { key, token } = await notes.bound('write:notes');
    const authorization = `DPoP ${token}`;
    const own = await key.proof({ url: resource, token });
    expect((await notes.addNote(undefined, { authorization, dpop: own })).status).toBe(200);
    expect((await notes.addNote(token)).status).toBe(401);
    expect((await notes.addNote(undefined, { authorization })).status).toBe(401);
    const elsewhere = await key.proof({ url: server.mcpResource, token });
    expect((await notes.addNote(undefined, { authorization, dpop: elsewhere })).status).toBe(401);
  });

  test('tells a client that cannot step up in the result', async () => {
    const { token, clientId } = await notes.connected();
    await notes.answerInBand(clientId);
    expect(await notes.addNote(token)).toMatchObject({
      status: 200,
      body: { isError: true, structuredContent: { required_scope: 'write:notes', approval_type: 'admin_required' } },
    });
  });

  test('tells a client that was refused just now in the result, instead of sending it to ask again', async () => {
    const { token, clientId } = await notes.connected();
    await notes.deny(clientId, 'write:notes', 'Not on a Friday');
    const answer = await notes.addNote(token);
    expect(answer).toMatchObject({ status: 200, body: { isError: true } });
    expect(JSON.stringify(answer.body)).toContain('Not on a Friday');
  });

  test('answers 503 with wrong credentials, so that clients keep their tokens, and says why in its log', async () => {
    const { token } = await notes.connected();
    const port = await freePort();
    const wrong = await start(port, 'wrong');
    running.push(wrong);
    const answer = await notesClient(server, `http://localhost:${port}/mcp`).addNote(token);
    expect(answer.status).toBe(503);
    await expect.poll(wrong.output).toContain('make new ones with resource-server add');
    expect(wrong.output()).not.toContain(token);
  });

  test('answers 503 while the authorization server is away', async () => {
    const { token } = await notes.connected(['write:notes']);
    expect((await notes.addNote(token)).status).toBe(200);
    await server.stop();
    stopped = true;
    const answer = await notes.addNote(token);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await notes.addNote()).status).toBe(401);
  });
});
