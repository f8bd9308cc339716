import type { Db } from '../../activities/store/connect.ts';
import { isAuditor } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';

/** Refuses whoever is neither auditor nor admin; the attempt is audited. @throws {DomainError} `not_auditor` */
export async function auditorsOnly(db: Db, caller: Caller, what: 'audit' | 'audit_export' | 'audit_verify') {
  if (isAuditor(overOthers(caller))) return;
  await recordRefusedAccess(db, caller, { what });
  throw new DomainError('not_auditor', 'The audit log is for auditors and admins.');
}
