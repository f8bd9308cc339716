import { sql, type Selectable } from 'kysely';
import type { AuditType } from './audit.ts';
import type { DbOrTrx } from './connect.ts';
import type { AuditEventsTable } from './schema.ts';

/** One entry of the audit table as stored. */
export type StoredAuditEntry = Selectable<AuditEventsTable>;

/** Filter of {@link listAudit}; all conditions hold together. */
export interface AuditFilter {
  /** Whom the entry is about. */
  subject?: string;
  scope?: string;
  requestId?: string;
  type?: AuditType;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
  /** Position of the last entry of the page before. */
  before?: string;
  limit: number;
}

/** Entries of the audit table, the newest first. */
export async function listAudit(db: DbOrTrx, filter: AuditFilter): Promise<StoredAuditEntry[]> {
  let query = db.selectFrom('audit_events').selectAll();
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.scope !== undefined) query = query.where(sql<boolean>`scopes @> array[${filter.scope}]::text[]`);
  if (filter.requestId !== undefined) query = query.where('request_id', '=', filter.requestId);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('at', '<', filter.to);
  if (filter.before !== undefined) query = query.where('position', '<', filter.before);
  return query.orderBy('position', 'desc').limit(filter.limit).execute();
}
