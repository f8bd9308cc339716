import type { ApprovalDeps } from '../approvals/deps.ts';

/** What reading the audit table takes. */
export type AuditDeps = Pick<ApprovalDeps, 'db' | 'now' | 'logger' | 'registeredName'>;
