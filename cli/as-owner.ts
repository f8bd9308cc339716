import { resolve } from 'node:path';
import type { Connection } from '../activities/store/connect.ts';
import { ConfigurationError, processEnvironment } from './configuration.ts';

/**
 * On `COUNTERSIGN_DATABASE_URL`, or on what `npm start` runs on the state folder.
 *
 * @throws {ConfigurationError} when neither is there
 */
export async function asOwner(stateFolder: string, work: (connection: Connection) => Promise<void>): Promise<void> {
  const { connect } = await import('../activities/store/connect.ts');
  const { runningDatabaseUrl } = await import('./embedded/running-database.ts');
  const given = processEnvironment()['COUNTERSIGN_DATABASE_URL'];
  const folder = resolve(stateFolder);
  const url = given === undefined || given === '' ? await runningDatabaseUrl(folder) : given;
  if (url === undefined) {
    throw new ConfigurationError([
      `nothing runs on ${folder}: start it with npm start (or name its folder with --state), or set COUNTERSIGN_DATABASE_URL (the owner role)`,
    ]);
  }
  const connection = connect(url, { max: 1 });
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}
