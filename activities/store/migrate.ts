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
    const migrator = new Migrator({ db: connection.db, provider: { getMigrations } });
    const { error } = await migrator.migrateToLatest();
    if (error instanceof Error) throw error;
    if (error !== undefined) throw new Error('The database schema could not be brought up to date.', { cause: error });
  } finally {
    await connection.close();
  }
}

async function getMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const entries = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, folder), 'utf8');
      const migration: Migration = { up: async (db) => void (await sql.raw(text).execute(db)) };
      return [file.replace('.sql', ''), migration] as const;
    }),
  );
  return Object.fromEntries(entries);
}
