import { createHash, randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrate } from '../../activities/store/migrate.ts';
import { machineEnvironment } from '../../cli/configuration.ts';
import { giveTo, installedBinaries, postgresIdentity, reachableBinaries } from '../../cli/embedded/postgres-place.ts';
import {
  startPostgresServer,
  type PostgresPasswords,
  type PostgresServer,
} from '../../cli/embedded/postgres-server.ts';
import { temporalCliPath, temporalTestServerPath } from '../../cli/embedded/temporal-binary.ts';
import { startTemporalServer } from '../../cli/embedded/temporal-server.ts';

/** A migrated PostgreSQL of a test's own. The URLs hold passwords of a throw-away server. */
export interface TestPostgres {
  ownerUrl: string;
  appUrl: string;
  mintUrl: string;
  stop(): Promise<void>;
}

/** A Temporal server of a test's own, in memory, with our namespace and search attributes. */
export interface TestTemporal {
  address: string;
  namespace: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const say = (message: string) => process.stderr.write(`  test support: ${message}\n`);

/** Starts a PostgreSQL on a temporary folder, copied from a migrated template: some 0.4 s. Stop it in `afterAll`. */
export async function startPostgres(): Promise<TestPostgres> {
  const template = await postgresTemplate();
  const folder = await serverFolder();
  await run('cp', ['-a', join(template.folder, 'data'), join(folder, 'data')]);
  const server = await serve(template.binaries, folder, template.passwords);
  return testPostgres(server, folder);
}

/** A server as tests use it; its folder goes with it. */
export function testPostgres(server: PostgresServer, folder: string): TestPostgres {
  return {
    ownerUrl: server.url('owner'),
    appUrl: server.url('app'),
    mintUrl: server.url('mint'),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a Temporal server in memory, without UI: some 1.5 s. Stop it in `afterAll`.
 *
 * @param options - `settings`: dynamic configuration, as `key=value` with a JSON value.
 */
export async function startTemporal(options: { settings?: readonly string[] } = {}): Promise<TestTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-temporal-'));
  const binary = await temporalCliPath(machineEnvironment(), say);
  const server = await startTemporalServer({ binary, logFile: join(folder, 'temporal.log'), ui: false, ...options });
  return {
    address: server.address,
    namespace: server.namespace,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** For `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
export function timeSkippingServerPath(): Promise<string> {
  return temporalTestServerPath(machineEnvironment(), say);
}

interface Template {
  folder: string;
  binaries: string;
  passwords: PostgresPasswords;
}

let template: Promise<Template> | undefined;

function postgresTemplate(): Promise<Template> {
  template ??= makeTemplate();
  return template;
}

/** One template per schema, kept between runs; made beside its place and renamed, as other test files may make it too. */
async function makeTemplate(): Promise<Template> {
  const identity = postgresIdentity();
  // Where PostgreSQL's user can reach it, which a cache folder under /root is not.
  const base = identity === undefined ? machineEnvironment().cacheFolder : '/var/cache/countersign';
  await mkdir(base, { recursive: true, mode: 0o711 });
  const binaries = await reachableBinaries(base, identity);
  const folder = join(base, `test-postgres-${await schemaDigest()}`);
  const known = await readPasswords(folder);
  if (known !== undefined) return { folder, binaries, passwords: known };

  const draft = await mkdtemp(join(base, 'draft-'));
  await chmod(draft, 0o711);
  const passwords: PostgresPasswords = { superuser: secret(), owner: secret(), app: secret(), mint: secret() };
  const work = await serverFolder();
  const server = await serve(binaries, work, passwords);
  try {
    await migrate(server.url('owner'));
  } finally {
    await server.stop();
  }
  await run('cp', ['-a', join(work, 'data'), join(draft, 'data')]);
  await rm(work, { recursive: true, force: true });
  await writeFile(join(draft, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  const made = await readPasswords(folder);
  if (made === undefined) throw new Error(`the test database template could not be made in ${folder}`);
  return { folder, binaries, passwords: made };
}

async function readPasswords(folder: string): Promise<PostgresPasswords | undefined> {
  const text = await readFile(join(folder, 'passwords.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PostgresPasswords);
}

async function schemaDigest(): Promise<string> {
  const migrations = new URL('../../activities/store/migrations/', import.meta.url);
  const hash = createHash('sha256').update(await readFile(join(installedBinaries(), '..', 'package.json')));
  for (const file of (await readdir(migrations)).sort())
    hash.update(file).update(await readFile(new URL(file, migrations)));
  return hash.digest('hex').slice(0, 16);
}

/** A short folder (socket paths are limited to 107 bytes) that PostgreSQL's user owns. */
async function serverFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cs-pg-'));
  await giveTo(folder, postgresIdentity());
  return folder;
}

function serve(binaries: string, folder: string, passwords: PostgresPasswords): Promise<PostgresServer> {
  return startPostgresServer({
    binaries,
    dataFolder: join(folder, 'data'),
    socketFolder: folder,
    identity: postgresIdentity(),
    passwords,
    logFile: join(folder, 'postgres.log'),
    durable: false,
  });
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
