import type { z } from 'zod';
import { listAudit } from '../../activities/store/audit-log.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isAdmin } from '../../workflows/domain/approvers.ts';
import { visibilityOf } from '../approvals/list-requests.ts';
import type { AuditPage, auditQuerySchema } from '../contract/audit.ts';
import type { Caller } from '../sessions/caller.ts';
import { auditFilter } from './audit-filter.ts';
import { auditorsOnly } from './auditors-only.ts';
import type { AuditDeps } from './deps.ts';
import { clientsIn } from './clients-in.ts';
import { viewEntries } from './view-entries.ts';

/**
 * A page of the audit table, for auditors and admins, and what of it an admin's agent may see; a refusal is audited.
 *
 * @throws {DomainError} `not_auditor`, `invalid_request` for a type that there is not
 */
export async function auditPage(
  deps: AuditDeps,
  caller: Caller,
  query: z.output<typeof auditQuerySchema>,
): Promise<AuditPage> {
  const { db } = deps;
  // An admin's agent reads what is about the requests that it may decide, and about its person.
  const byToken = caller.mayDecide === true && isAdmin(caller.person);
  if (!byToken) await auditorsOnly(db, caller, 'audit');
  const visible = byToken ? { visibleTo: visibilityOf(caller, await livePolicy(db)) } : {};
  const rows = await listAudit(
    db,
    { ...(await auditFilter(db, query)), ...visible },
    {
      before: query.cursor,
      // One more than shown tells whether there is another page.
      limit: query.limit + 1,
    },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    entries: await viewEntries(db, page),
    ...(caller.kind === 'browser' ? { clients: await clientsIn(deps, page) } : {}),
    ...(rows.length > query.limit && last !== undefined ? { next_cursor: last.position } : {}),
    now: deps.now().toISOString(),
  };
}
