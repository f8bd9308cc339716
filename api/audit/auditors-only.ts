import { appendAudit } from '../../activities/store/audit.ts';
import type { Db } from '../../activities/store/connect.ts';
import { isAuditor } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';

/** Refuses whoever is neither auditor nor admin; the attempt is audited. @throws {DomainError} `not_auditor` */
export async function auditorsOnly(db: Db, caller: Caller, what: 'audit' | 'audit_export' | 'audit_verify') {
  if (isAuditor(overOthers(caller))) return;
  await appendAudit(db, {
    type: 'access.refused',
    actor: caller.person.subject,
    clientId: caller.clientId,
    data: { what },
  });
  throw new DomainError('not_auditor', 'The audit log is for auditors and admins.');
}
