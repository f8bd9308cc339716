import type { Db } from '../../activities/store/connect.ts';
import { isAdmin, isAuditor } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';

/** Lets admins and auditors read; who else tries is audited. @throws {DomainError} `not_auditor` */
export async function requireAuditor(db: Db, caller: Caller, what: string): Promise<void> {
  if (isAuditor(overOthers(caller))) return;
  await recordRefusedAccess(db, caller, { what });
  throw new DomainError('not_auditor', 'This is for auditors and admins to see, in the dashboard.');
}

/** Lets admins in a signed-in browser act; who else tries is audited. @throws {DomainError} `not_admin` */
export async function requireAdmin(db: Db, caller: Caller, what: string): Promise<void> {
  if (isAdmin(overOthers(caller))) return;
  await recordRefusedAccess(db, caller, { what });
  throw new DomainError('not_admin', 'Only admins may do this, in the dashboard.');
}
