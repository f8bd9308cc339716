import { readFile, readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { connect } from './connect.ts';

const folder = new URL('./migrations/', import.meta.url);

/**
 * Brings the schema up to date. Safe to run from several processes at once (Kysely takes an advisory lock).
 *
 * @param ownerConnectionString of the role that owns the schema; the roles `countersign_app` and `countersign_mint` must exist.
 * @throws the first failing migration's error; earlier ones stay applied.
 */
export async function migrate(ownerConnectionString: string): Promise<void> {
  const connection = connect(ownerConnectionString, { max: 2 });
  try {
    const migrator = new Migrator({
      db: connection.db,
      provider: { getMigrations },
      // Branches land in any order, and no migration changes what another one made since.
      allowUnorderedMigrations: true,
    });
    const { error } = await migrator.migrateToLatest();
    if (error instanceof Error) throw error;
    if (error !== undefined) throw new Error('The database schema could not be brought up to date.', { cause: error });
  } finally {
    await connection.close();
  }
}

/** The names of the migrations that this version of the code brings, in their order. */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => file.replace('.sql', ''));
}

async function getMigrations(): Promise<Record<string, Migration>> {
  const entries = await Promise.all(
    (await migrationNames()).map(async (name) => {
      const text = await readFile(new URL(`${name}.sql`, folder), 'utf8');
      const migration: Migration = { up: async (db) => void (await sql.raw(text).execute(db)) };
      return [name, migration] as const;
    }),
  );
  return Object.fromEntries(entries);
}
