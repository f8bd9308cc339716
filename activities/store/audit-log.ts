import { sql, type Selectable } from 'kysely';
import type { AuditType } from './audit.ts';
import type { DbOrTrx } from './connect.ts';
import type { AuditEventsTable } from './schema.ts';
import { isOwn, isVisible, type Visibility } from './visibility.ts';

/** One entry of the audit table as stored. */
export type StoredAuditEntry = Selectable<AuditEventsTable>;

/** Filter of {@link listAudit}; all conditions hold together. */
export interface AuditFilter {
  /** Whom the entry is about. */
  subject?: string;
  /** Whom the entry is about, or who did it. */
  person?: string;
  scope?: string;
  requestId?: string;
  grantId?: string;
  type?: AuditType;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
  /** Only what is about such requests, or about the person themselves. */
  visibleTo?: Visibility;
}

/** Entries of the audit table, the newest first. `before` is the position of the last entry of the page before. */
export async function listAudit(
  db: DbOrTrx,
  filter: AuditFilter,
  page: { before?: string | undefined; limit: number },
): Promise<StoredAuditEntry[]> {
  const newest = (query: ReturnType<typeof filtered>) => query.orderBy('position', 'desc').limit(page.limit);
  const base = () => filtered(db, filter, page.before);
  if (filter.person === undefined) return newest(base()).execute();
  // Two lists by two indexes, with nothing in both; one condition with `or` would sort everything of that person.
  const about = newest(base().where('subject', '=', filter.person));
  const byThem = newest(
    base()
      .where('actor', '=', filter.person)
      .where(sql<boolean>`actor is distinct from subject`),
  );
  return db
    .selectFrom(about.as('about'))
    .selectAll()
    .unionAll(db.selectFrom(byThem.as('by_them')).selectAll())
    .orderBy('position', 'desc')
    .limit(page.limit)
    .execute();
}

function filtered(db: DbOrTrx, filter: AuditFilter, before: string | undefined) {
  let query = db.selectFrom('audit_events').selectAll();
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.scope !== undefined) query = query.where(sql<boolean>`scopes @> array[${filter.scope}]::text[]`);
  if (filter.requestId !== undefined) query = query.where('request_id', '=', filter.requestId);
  if (filter.grantId !== undefined) query = query.where('grant_id', '=', filter.grantId);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('at', '<', filter.to);
  if (filter.visibleTo !== undefined) {
    // `subject`, `scopes` and `client_id` are the request's inside, and the entry's outside.
    query = query.where(
      sql<boolean>`(${isOwn(filter.visibleTo)} or exists (select from scope_requests
        where scope_requests.request_id = audit_events.request_id and ${isVisible(filter.visibleTo, 'scope_requests')}))`,
    );
  }
  if (before !== undefined) query = query.where('position', '<', before);
  return query;
}
