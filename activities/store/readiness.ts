import { sql } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import { migrationNames } from './migrate.ts';

/** Resolves when the database answers. @throws its error otherwise */
export async function checkDatabase(db: DbOrTrx): Promise<void> {
  await sql`select 1`.execute(db);
}

/**
 * Resolves when the database has every migration of this version; later ones do no harm.
 *
 * @throws Error when its schema is older, or cannot be asked.
 */
export async function checkMigrations(db: DbOrTrx): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const applied = new Set(rows.map(({ name }) => name));
  const missing = (await migrationNames()).filter((name) => !applied.has(name));
  if (missing.length > 0) throw new Error(`The database schema lacks ${missing.join(', ')}.`);
}
