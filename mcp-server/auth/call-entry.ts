import type { AuditEntry } from '../../activities/store/audit.ts';
import type { CallPermit } from './call-permits.ts';

/** The audit entry of a protected call: `tool.called` before it runs, `tool.finished` with how it ended (RULES 25). */
export function callEntry(
  type: 'tool.called' | 'tool.finished',
  permit: Omit<CallPermit, 'begun'>,
  outcome: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  const { caller } = permit;
  return {
    type,
    actor: caller.person.subject,
    subject: caller.person.subject,
    clientId: caller.clientId,
    grantId: permit.grantId ?? null,
    scopes: [permit.scope],
    data: { tool: permit.toolName, argument_digest: permit.argumentDigest, jti: caller.jti, ...outcome },
  };
}
