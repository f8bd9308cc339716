import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/** Statements kept prepared on one connection; the server holds a plan for each. */
const mostPrepared = 200;

/** A result whose columns follow the table breaks when a migration adds one while the statement is prepared. */
const openEnded = /(?:select|returning) (?:"\w+"\.)?\*/;

/**
 * The pool as the query builder sees it: statements with parameters that name their columns are prepared once on each
 * connection, which saves parsing and planning them at every call.
 */
export function preparedPool(pool: pg.Pool): PostgresPool {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const known = wrapped.get(client) ?? preparing(client);
      wrapped.set(client, known);
      return known;
    },
  };
}

function preparing(client: pg.PoolClient): PostgresPoolClient {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostPrepared || openEnded.test(text)) return known;
    const name = createHash('sha256').update(text).digest('base64url');
    names.set(text, name);
    return name;
  };
  const query = (text: string | object, parameters: readonly unknown[] = []): unknown => {
    if (typeof text !== 'string') throw new TypeError('Cursors do not work on pipelined connections.');
    const name = parameters.length === 0 ? undefined : nameOf(text);
    return client.query({ text, values: [...parameters], ...(name === undefined ? {} : { name }) });
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy) => {
      client.release(destroy);
    },
  };
}
