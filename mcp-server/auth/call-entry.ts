import type { CallEntry } from '../ports.ts';
import type { Caller } from './caller.ts';

/** The audit entry of a protected call: before it runs, when it was refused, or with how it ended (RULES 25). */
export function callEntry(
  type: CallEntry['type'],
  call: { caller: Caller; toolName: string; scope: string; grantId?: string | undefined; argumentDigest: string },
  more: Pick<CallEntry['data'], 'outcome' | 'duration_ms' | 'approval_type' | 'in_band'> = {},
): CallEntry {
  const { caller } = call;
  return {
    type,
    actor: caller.person.subject,
    subject: caller.person.subject,
    clientId: caller.clientId,
    grantId: call.grantId ?? null,
    scopes: [call.scope],
    data: { tool: call.toolName, argument_digest: call.argumentDigest, jti: caller.jti, ...more },
  };
}
