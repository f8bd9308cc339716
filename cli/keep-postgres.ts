import { postgresPasswords } from './embedded/keys.ts';
import { giveTo, type PostgresPlace } from './embedded/postgres-place.ts';
import { startPostgresServer, type PostgresServer } from './embedded/postgres-server.ts';
import type { RuntimeFolder } from './runtime-folder.ts';
import { keepRunning } from './service.ts';
import { endOf, logFile, type StartContext } from './start-context.ts';

/** Runs the embedded PostgreSQL; its connection strings stay the same over a restart. */
export async function keepPostgres(
  { state, registry, progress, stops }: StartContext,
  runtime: RuntimeFolder,
  place: PostgresPlace,
): Promise<Pick<PostgresServer, 'url'>> {
  await giveTo(runtime.postgres, place.identity);
  const passwords = await postgresPasswords(state.secrets);
  let current: PostgresServer | undefined;
  const service = await keepRunning(
    'PostgreSQL',
    async () => {
      current = await startPostgresServer({
        binaries: place.binaries,
        dataFolder: place.dataFolder,
        socketFolder: runtime.postgres,
        identity: place.identity,
        passwords,
        logFile: logFile(state, 'postgres'),
        durable: true,
        registry,
      });
      return { ended: endOf(current.child), stop: current.stop };
    },
    progress.say,
  );
  stops.push(service.stop);
  if (current === undefined) throw new Error('PostgreSQL did not start');
  return { url: current.url };
}
