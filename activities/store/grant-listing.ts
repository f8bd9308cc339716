import { sql } from 'kysely';
import type { GrantEnd } from '../../workflows/domain/grant-status.ts';
import type { DbOrTrx } from './connect.ts';
import type { Grant } from './grants.ts';
import { isVisible, type Visibility } from './visibility.ts';

/** Filter of {@link listGrants}; all conditions hold together. */
export interface GrantFilter {
  visibleTo?: Visibility;
  subject?: string;
  /** `active`, `ended` and `expired` look at the clock as well as at the row. */
  status?: 'active' | 'ended' | GrantEnd;
  scope?: string;
  clientId?: string;
  requestId?: string;
  /** Of those alive: whose end comes before this. */
  endsBefore?: Date;
  /** Every word has to be part of the client's or a scope's name, or of the holder's name or address. */
  words?: readonly string[];
  now: Date;
}

/** A page of {@link listGrants}. */
export interface GrantPage {
  /** Where the previous page ended, by what it is ordered by. */
  after?: { at: Date; grantId: string };
  /** `ending`: what ends first comes first. */
  order?: 'newest' | 'ending';
  limit: number;
}

/** Grants, newest first unless ordered otherwise. */
export async function listGrants(db: DbOrTrx, filter: GrantFilter & GrantPage): Promise<Grant[]> {
  const { visibleTo, status, now } = filter;
  let query = db.selectFrom('grants').selectAll();
  if (visibleTo !== undefined) query = query.where(isVisible(visibleTo, 'grants'));
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (status === 'active') query = query.where('end_reason', 'is', null).where('expires_at', '>', now);
  else if (status === 'ended' || status === 'expired') {
    const closed = status === 'ended' ? sql<boolean>`end_reason is not null` : sql<boolean>`end_reason = 'expired'`;
    query = query.where((eb) => eb.or([closed, eb.and([eb('end_reason', 'is', null), eb('expires_at', '<=', now)])]));
  } else if (status !== undefined) query = query.where('end_reason', '=', status);
  if (filter.scope !== undefined) query = query.where(sql<boolean>`scopes @> array[${filter.scope}]::text[]`);
  if (filter.clientId !== undefined) query = query.where('client_id', '=', filter.clientId);
  if (filter.requestId !== undefined) query = query.where('request_id', '=', filter.requestId);
  if (filter.endsBefore !== undefined)
    query = query
      .where('end_reason', 'is', null)
      .where('expires_at', '>', now)
      .where('expires_at', '<', filter.endsBefore);
  for (const word of filter.words ?? []) {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    query = query.where(
      sql<boolean>`(client_id ilike ${pattern} or array_to_string(scopes, ' ') ilike ${pattern} or subject in (
        select subject from people where email ilike ${pattern} or display_name ilike ${pattern}))`,
    );
  }
  const [column, direction] =
    filter.order === 'ending' ? (['expires_at', 'asc'] as const) : (['granted_at', 'desc'] as const);
  if (filter.after !== undefined) {
    const { at, grantId } = filter.after;
    const beyond = direction === 'asc' ? sql`>` : sql`<`;
    query = query.where(sql<boolean>`(${sql.ref(column)}, grant_id) ${beyond} (${at}, ${grantId})`);
  }
  return query.orderBy(column, direction).orderBy('grant_id', direction).limit(filter.limit).execute();
}
