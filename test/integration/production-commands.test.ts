import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { checkResourceServer } from '../../activities/store/resource-servers.ts';
import { findLivePolicy } from '../../activities/store/policies.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { startPostgres, type TestPostgres } from '../support/embedded.ts';
import { policyWithNotes } from '../support/notes-resource.ts';

let postgres: TestPostgres;
let owner: Connection;
let folder: string;
let file: string;
const running = new Set<ReturnType<typeof spawn>>();

beforeAll(async () => {
  postgres = await startPostgres();
  owner = connect(postgres.ownerUrl, { max: 1 });
  folder = await mkdtemp(join(tmpdir(), 'cs-production-'));
  file = join(folder, 'policy.yaml');
  await writeFile(file, await readFile(join(projectRoot, 'countersign.policy.yaml'), 'utf8'));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await owner.close();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

function countersign(args: readonly string[], url?: string) {
  const env = {
    PATH: process.env['PATH'],
    // Nothing that these tests do ends a grant, so nobody is told anything.
    COUNTERSIGN_TEMPORAL_ADDRESS: '127.0.0.1:1',
    ...(url === undefined ? {} : { COUNTERSIGN_DATABASE_URL: url }),
  };
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'main.ts'), ...args], { env, stdio: 'pipe' });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => output, ended: code.then((value) => ({ code: value, output })) };
}

test('a policy file is checked without a database, with every mistake', async () => {
  expect(await countersign(['policy', '--check', file]).ended).toMatchObject({ code: 0 });
  const broken = join(folder, 'broken.yaml');
  await writeFile(broken, (await readFile(file, 'utf8')).replace('risk: low', 'risk: lowish'));
  const { code, output } = await countersign(['policy', '--check', broken]).ended;
  expect(code).toBe(1);
  expect(output).toContain('risk');
  expect(await findLivePolicy(owner.db)).toBeUndefined();
});

test('only the owner makes one live', async () => {
  expect((await countersign(['policy', '--once', file]).ended).output).toContain('COUNTERSIGN_DATABASE_URL');
  expect((await countersign(['policy', '--once', file], postgres.appUrl).ended).code).toBe(1);
  expect(await findLivePolicy(owner.db)).toBeUndefined();
  expect((await countersign(['policy', '--once', file], postgres.ownerUrl).ended).code).toBe(0);
  expect(await findLivePolicy(owner.db)).toBeDefined();
});

test('each edit of a followed file is live, and stopping leaves the policy as it is', async () => {
  const before = (await findLivePolicy(owner.db))?.version;
  const following = countersign(['policy', file], postgres.ownerUrl);
  await expect.poll(following.output).toContain('following its edits');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('deny: []', 'deny: [{ scopes: ["admin:users"], reason: Not today }]'),
  );
  await expect.poll(async () => (await findLivePolicy(owner.db))?.version).not.toBe(before);
  following.child.kill('SIGINT');
  expect(await following.ended).toMatchObject({ code: 0 });
  expect((await findLivePolicy(owner.db))?.deny).toHaveLength(1);
});

test('a resource server of the policy gets credentials from the owner, printed once, and loses them', async () => {
  const policy = join(folder, 'notes.yaml');
  await writeFile(policy, await policyWithNotes('http://localhost:9000/mcp'));
  const command = (...args: string[]) => countersign(['resource-server', ...args], postgres.ownerUrl).ended;
  expect((await command('add', 'notes')).output).toContain('resources:');
  expect((await countersign(['policy', '--once', policy], postgres.ownerUrl).ended).code).toBe(0);
  expect((await countersign(['resource-server', 'add', 'notes'], postgres.appUrl).ended).code).toBe(1);
  const { code, output } = await command('add', 'notes');
  expect(code, output).toBe(0);
  const [, clientId = '', secret = ''] =
    /^COUNTERSIGN_CLIENT_ID=(\S+)\nCOUNTERSIGN_CLIENT_SECRET=(\S+)$/m.exec(output) ?? [];
  expect(await checkResourceServer(owner.db, { clientId, secret })).toMatchObject({ server: { resource: 'notes' } });
  const listed = await command('list');
  expect(listed.output).toContain(clientId);
  expect(listed.output).not.toContain(secret);
  expect((await command('remove', 'nobody')).code).toBe(1);
  expect((await command('remove', 'notes')).output).toContain(clientId);
  expect(await checkResourceServer(owner.db, { clientId, secret })).toBeUndefined();
  const audited = await owner.db
    .selectFrom('audit_events')
    .select(['type', 'client_id', 'data'])
    .where('type', 'like', 'resource\\_server.%')
    .orderBy('position')
    .execute();
  expect(audited).toEqual(
    ['resource_server.added', 'resource_server.removed'].map((type) => ({
      type,
      client_id: clientId,
      data: { resource: 'notes' },
    })),
  );
});

test('a client with a secret is registered by the owner alone, listed, and removed', async () => {
  const command = (...args: string[]) => countersign(['client', ...args], postgres.ownerUrl).ended;
  expect((await countersign(['client', 'add', 'Night watch'], postgres.appUrl).ended).code).toBe(1);
  expect((await command('add', 'Night watch', '--redirect-uri', 'nowhere')).code).toBe(1);
  const { code, output } = await command('add', 'Night watch', '--background');
  expect(code).toBe(0);
  const [, id = ''] = /COUNTERSIGN_CLIENT_ID=(\S+)/.exec(output) ?? [];
  const [, secret = ''] = /COUNTERSIGN_CLIENT_SECRET=(\S+)/.exec(output) ?? [];
  expect(secret).toHaveLength(43);
  const { output: listed } = await command('list');
  expect(listed).toContain(`${id}  Night watch  (background)`);
  expect(listed).not.toContain(secret);
  expect((await command('remove', id)).code).toBe(0);
  expect((await command('remove', id)).code).toBe(1);
});

test('where nothing runs, the resource-server command says how to begin', async () => {
  const { code, output } = await countersign(['resource-server', 'list', '--state', folder]).ended;
  expect(code).toBe(1);
  expect(output).toContain('npm start');
});

test('the first people are added by the owner, once each, audited', async () => {
  const add = (email: string, url = postgres.ownerUrl, roles = ['admin', 'developer']) =>
    countersign(['people', 'add', email, '--name', 'Ada', '--role', ...roles], url).ended;
  expect((await add('ada@example.org', postgres.appUrl)).code).toBe(1);
  expect(await add('ada@example.org')).toMatchObject({ code: 0 });
  expect(await findPersonByEmail(owner.db, 'ada@example.org')).toMatchObject({
    displayName: 'Ada',
    roles: ['admin', 'developer'],
  });
  const again = await add('ADA@example.org');
  expect([again.code, again.output]).toEqual([1, expect.stringContaining('is there already')]);
  expect((await add('no address')).code).toBe(1);
  expect((await add('bob@example.org', postgres.ownerUrl, ['no role'])).code).toBe(1);
  const audited = await owner.db
    .selectFrom('audit_events')
    .select(['actor', 'data'])
    .where('type', '=', 'people.seeded')
    .execute();
  expect(audited).toMatchObject([{ actor: 'system', data: { people: 1 } }]);
});
