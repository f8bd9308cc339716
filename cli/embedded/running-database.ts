import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresPasswords } from './keys.ts';
import { connectionString } from './postgres-server.ts';

/**
 * The database of a product that `npm start` runs on this state folder, as its owner.
 *
 * @returns undefined when none runs there
 */
export async function runningDatabaseUrl(stateFolder: string): Promise<string | undefined> {
  const moved = await readFile(join(stateFolder, 'postgres-folder'), 'utf8').catch(() => undefined);
  const home = moved?.trim() ?? join(stateFolder, 'postgres');
  // PostgreSQL writes there where it listens, and removes it when it ends: the fifth line is its socket's folder.
  const pidFile = await readFile(join(home, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const socketFolder = pidFile.split('\n')[4]?.trim();
  if (socketFolder === undefined || socketFolder === '') return undefined;
  const { owner } = await postgresPasswords(join(stateFolder, 'secrets'));
  return connectionString('owner', owner, socketFolder);
}
