import type { StoredAuditEntry } from '../../activities/store/audit-log.ts';
import type { Db } from '../../activities/store/connect.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import type { AuditEntryView } from '../contract/audit.ts';

/** Entries with people shown by their e-mail address. */
export async function viewEntries(db: Db, rows: readonly StoredAuditEntry[]): Promise<AuditEntryView[]> {
  const names = await namesOf(
    db,
    rows.flatMap(({ actor, subject }) => [actor, subject]),
  );
  const shown = (subject: string): string => names.get(subject)?.email ?? subject;
  return rows.map((row) => ({
    ...row,
    at: row.at.toISOString(),
    actor: shown(row.actor),
    subject: row.subject === null ? null : shown(row.subject),
  }));
}
