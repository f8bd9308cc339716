import { sql, type RawBuilder } from 'kysely';

/** Which requests and grants somebody may see: their own, and those whose scopes are all among these. */
export interface Visibility {
  subject: string;
  /** Absent when they see everybody's. */
  approvableScopes?: readonly string[];
  /** Whose requests and grants do not count as approvable: a client decides nothing of its own (RULES 3). */
  exceptClientId?: string;
}

/**
 * The condition on a table with `subject` and `scopes`. Asked of the database and not of its answer, so that pages are
 * full, and no cursor names a row that its reader may not see.
 */
export function isVisible({ subject, approvableScopes, exceptClientId }: Visibility): RawBuilder<boolean> {
  if (approvableScopes === undefined) return sql<boolean>`true`;
  const approvable = sql<boolean>`scopes <@ ${[...approvableScopes]}::text[]`;
  if (exceptClientId === undefined) return sql<boolean>`(subject = ${subject} or ${approvable})`;
  return sql<boolean>`(subject = ${subject} or (${approvable} and client_id <> ${exceptClientId}))`;
}
