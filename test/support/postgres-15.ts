import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../activities/store/migrate.ts';
import { giveTo, postgresIdentity } from '../../cli/embedded/postgres-place.ts';
import { startPostgresServer } from '../../cli/embedded/postgres-server.ts';
import { runCommand } from '../../cli/embedded/run-command.ts';
import { testPostgres, type TestPostgres } from './embedded.ts';

/** Where Debian puts the oldest PostgreSQL that we run on. */
const binaries = '/usr/lib/postgresql/15';

/** Starts it on a temporary folder, migrated; nothing of the system's own clusters is touched. Stop it in `afterAll`. */
export async function startPostgres15(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'cs-pg15-'));
  const identity = postgresIdentity();
  await giveTo(folder, identity);
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder, { mode: 0o700 });
  await giveTo(dataFolder, identity);
  const passwords = { superuser: 'superuser', owner: 'owner', app: 'app', mint: 'mint' };
  // The first start sets the passwords: over a socket in a folder of our own, by a superuser whom only trust lets in.
  const { code, output } = await runCommand(
    join(binaries, 'bin', 'initdb'),
    ['-D', dataFolder, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { identity, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } },
  );
  if (code !== 0) throw new Error(`initdb of PostgreSQL 15 failed: ${output.trim()}`);
  const logFile = join(folder, 'postgres.log');
  const server = await startPostgresServer({
    ...{ binaries, dataFolder, socketFolder: folder, identity, passwords, logFile },
    durable: false,
  });
  await migrate(server.url('owner'));
  return testPostgres(server, folder);
}
