import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startChild, type ChildRegistry, type Identity, type RunningChild } from './child-process.ts';
import { waitForKilledServer } from './postgres-leftover.ts';
import { giveTo } from './postgres-place.ts';
import { runCommand } from './run-command.ts';

/** The SQL login roles: `owner` migrates, `app` is every role's but mint's, `mint` alone inserts grants (RULES 12). */
export const sqlRoles = { owner: 'countersign_owner', app: 'countersign_app', mint: 'countersign_mint' } as const;

/** One of our SQL login roles, by what it is for. */
export type SqlRole = keyof typeof sqlRoles;

/** Passwords of the superuser and of {@link sqlRoles}. */
export type PostgresPasswords = Readonly<Record<SqlRole | 'superuser', string>>;

/** Where the embedded PostgreSQL is, and as whom it runs. */
export interface PostgresOptions {
  /** Holds `bin`, `lib` and `share`. */
  binaries: string;
  /** The cluster's folder; made on first use, owned by `identity`. */
  dataFolder: string;
  /** Holds the Unix socket: short, and owned by `identity`. */
  socketFolder: string;
  identity: Identity | undefined;
  passwords: PostgresPasswords;
  logFile: string;
  /** False only in tests, where a power cut may lose everything. */
  durable: boolean;
  registry?: ChildRegistry;
}

/** The embedded PostgreSQL, while it runs. */
export interface PostgresServer {
  child: RunningChild;
  /** A connection string that holds the role's password: never log it. */
  url(role: SqlRole): string;
  stop(): Promise<void>;
}

const database = 'countersign';

/**
 * Starts the embedded PostgreSQL on a Unix socket alone, making the cluster, our roles and our database first when
 * they do not exist.
 *
 * @throws Error naming the log file when it is not ready within 30 s.
 */
export async function startPostgresServer(options: PostgresOptions): Promise<PostgresServer> {
  await makeCluster(options);
  await waitForKilledServer(options.dataFolder);
  const child = startChild({
    name: 'postgres',
    command: join(options.binaries, 'bin', 'postgres'),
    args: [
      '-D',
      options.dataFolder,
      ...Object.entries(settings(options)).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    logFile: options.logFile,
    // A fast shutdown: it ends the sessions and leaves a clean data folder even when we were killed.
    signalWhenParentDies: 'SIGINT',
    identity: options.identity,
    registry: options.registry,
  });
  const stop = async () => void (await child.stop('SIGINT', 20_000));
  try {
    const superuser = socketUrl('postgres', options.passwords.superuser, 'postgres', options.socketFolder);
    await waitUntilReady(superuser, child, options);
  } catch (error) {
    await stop();
    throw error;
  }
  return { child, url: (role) => connectionString(role, options.passwords[role], options.socketFolder), stop };
}

/** How one of our roles connects to our database: it holds the password, so never log it. */
export function connectionString(role: SqlRole, password: string, socketFolder: string): string {
  return socketUrl(sqlRoles[role], password, database, socketFolder);
}

function socketUrl(user: string, password: string, name: string, socketFolder: string): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@localhost/${name}?host=${encodeURIComponent(socketFolder)}`;
}

function settings(options: PostgresOptions): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: options.socketFolder,
    // Each start has a socket folder of its own; the lock file in the data folder is what guards the data.
    unix_socket_permissions: '0777',
    max_connections: '80',
    shared_buffers: '32MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    // Without DETAIL and CONTEXT, which quote the data.
    log_error_verbosity: 'terse',
    // Statements may carry personal data.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

/** Made beside its place and moved there when complete, so that a start killed in between leaves no half cluster. */
async function makeCluster(options: PostgresOptions): Promise<void> {
  const made = await readFile(join(options.dataFolder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (made !== undefined) return;
  const draft = `${options.dataFolder}.new`;
  const passwordFile = join(options.socketFolder, 'superuser-password');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await giveTo(draft, options.identity);
  await writeFile(passwordFile, options.passwords.superuser, { mode: 0o600 });
  try {
    await giveTo(passwordFile, options.identity);
    const { code, output } = await runCommand(
      join(options.binaries, 'bin', 'initdb'),
      // The C.UTF-8 of PostgreSQL itself sorts and folds case the same on every machine.
      [
        '-D',
        draft,
        '-U',
        'postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { identity: options.identity, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } },
    );
    if (code !== 0) throw new Error(`initdb failed: ${output.trim()}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, options.dataFolder);
}

async function waitUntilReady(superuserUrl: string, child: RunningChild, options: PostgresOptions): Promise<void> {
  const deadline = Date.now() + 30_000;
  let exited = false;
  void child.exited.catch(() => undefined).then(() => (exited = true));
  for (;;) {
    const client = new pg.Client({ connectionString: superuserUrl });
    try {
      await client.connect();
      return await ensureRoles(client, options.passwords);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === '28P01')
        throw new Error('the embedded PostgreSQL has other passwords than the state folder', { cause: error });
      if (exited) throw new Error(`the embedded PostgreSQL ended at once; see ${options.logFile}`, { cause: error });
      if (Date.now() > deadline)
        throw new Error(`the embedded PostgreSQL was not ready within 30 s; see ${options.logFile}`, { cause: error });
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function ensureRoles(client: pg.Client, passwords: PostgresPasswords): Promise<void> {
  for (const [role, name] of Object.entries(sqlRoles) as [SqlRole, string][]) {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
    const verb = rowCount === 0 ? 'create' : 'alter';
    await client.query(`${verb} role ${name} login password ${pg.escapeLiteral(passwords[role])}`);
  }
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await client.query(`create database ${database} owner ${sqlRoles.owner}`);
  await client.query(`revoke all on database ${database} from public`);
  await client.query(`grant connect on database ${database} to ${sqlRoles.app}, ${sqlRoles.mint}`);
}
