import { sql, type RawBuilder } from 'kysely';

/** Which requests and grants somebody may see: their own, and those whose scopes are all among these. */
export interface Visibility {
  subject: string;
  /** Absent when they see everybody's. */
  approvableScopes?: readonly string[];
  /** Whose requests and grants do not count as approvable: a client decides nothing of its own (RULES 3). */
  exceptClientId?: string;
  /** Where set, their own are those of this client alone. */
  ownClientId?: string;
}

/**
 * The condition on a table with `subject`, `client_id` and `scopes`. Asked of the database and not of its answer, so that
 * pages are full, and no cursor names a row that its reader may not see.
 */
export function isVisible(visibility: Visibility, table: 'scope_requests' | 'grants'): RawBuilder<boolean> {
  const { subject, approvableScopes, exceptClientId } = visibility;
  if (approvableScopes === undefined) return sql<boolean>`true`;
  const own = isOwn(visibility);
  const approvable = sql<boolean>`scopes <@ ${[...approvableScopes]}::text[]`;
  if (exceptClientId === undefined) return sql<boolean>`(${own} or ${approvable})`;
  // As it was recorded, whatever policy says of the scopes now; what policy has not looked at yet is not decided by a client.
  // A grant goes by the request that it came of.
  const decidable = sql<boolean>`(approval_type <> 'self' and risk <> 'critical')`;
  const recorded =
    table === 'scope_requests'
      ? decidable
      : sql<boolean>`exists (select from scope_requests
          where scope_requests.request_id = grants.request_id and ${decidable})`;
  return sql<boolean>`(${own}
    or (subject <> ${subject} and ${approvable} and client_id <> ${exceptClientId} and ${recorded}))`;
}

/** What is about the person themselves, on a table with `subject` and `client_id`. */
export function isOwn({ subject, ownClientId }: Pick<Visibility, 'subject' | 'ownClientId'>): RawBuilder<boolean> {
  if (ownClientId === undefined) return sql<boolean>`subject = ${subject}`;
  return sql<boolean>`(subject = ${subject} and client_id = ${ownClientId})`;
}
