import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { postgresPasswords } from '../../cli/embedded/keys.ts';
import { sqlRoles } from '../../cli/embedded/postgres-server.ts';

/** The database of a launched product, as the SQL role of every process but the mint or as its owner. Closing it is the caller's. */
export async function connectToLaunched(stateFolder: string, role: 'app' | 'owner' = 'app'): Promise<Connection> {
  const passwords = await postgresPasswords(join(stateFolder, 'secrets'));
  const [runtimeFolder = ''] = await runtimeFolders(stateFolder);
  const socket = encodeURIComponent(join(runtimeFolder, 'postgres'));
  return connect(
    `postgresql://${sqlRoles[role]}:${encodeURIComponent(passwords[role])}@localhost/countersign?host=${socket}`,
    { max: 2 },
  );
}

/** Folders of the sockets of a launched product. */
export async function runtimeFolders(stateFolder: string): Promise<string[]> {
  const record = JSON.parse(await readFile(join(stateFolder, 'children.json'), 'utf8')) as { runtimeFolders: string[] };
  return record.runtimeFolders;
}
