import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { preparedPool } from './prepared-pool.ts';
import type { Database } from './schema.ts';

/** The open database of one SQL role. */
export type Db = Kysely<Database>;
/** A database or a transaction on it: repositories take either. */
export type DbOrTrx = Db | Transaction<Database>;

/** What {@link connect} gives: the query builder, and its pool for LISTEN. */
export interface Connection {
  db: Db;
  pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * Opens a pool on a PostgreSQL connection string. Nothing is dialled until the first query.
 *
 * @param onIdleError told of connections that break while idle; without a listener they would end the process.
 */
export function connect(
  connectionString: string,
  options: { max?: number; onIdleError?: (error: Error) => void } = {},
): Connection {
  const pool = new pg.Pool({
    connectionString,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5_000,
    // Statements that do not wait for each other's results go out together, within a transaction too.
    pipeline: true,
  });
  pool.on('error', options.onIdleError ?? (() => undefined));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: preparedPool(pool) }) });
  return { db, pool, close: () => db.destroy() };
}
