import type { z } from 'zod';
import { listAudit } from '../../activities/store/audit-log.ts';
import type { AuditPage, auditQuerySchema } from '../contract/audit.ts';
import type { Caller } from '../sessions/caller.ts';
import { auditFilter } from './audit-filter.ts';
import { auditorsOnly } from './auditors-only.ts';
import type { AuditDeps } from './deps.ts';
import { viewEntries } from './view-entries.ts';

/**
 * A page of the audit table, for auditors and admins; a refusal is audited.
 *
 * @throws {DomainError} `not_auditor`, `invalid_request` for a type that there is not
 */
export async function auditPage(
  deps: AuditDeps,
  caller: Caller,
  query: z.output<typeof auditQuerySchema>,
): Promise<AuditPage> {
  const { db } = deps;
  await auditorsOnly(db, caller, 'audit');
  const rows = await listAudit(db, await auditFilter(db, query), {
    before: query.cursor,
    // One more than shown tells whether there is another page.
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    entries: await viewEntries(db, page),
    ...(rows.length > query.limit && last !== undefined ? { next_cursor: last.position } : {}),
    now: deps.now().toISOString(),
  };
}
