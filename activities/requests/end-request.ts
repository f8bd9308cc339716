import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { Db } from '../store/connect.ts';
import { findUnjudgedDecisions } from '../store/decisions.ts';
import { endGrant, findGrant, findGrantOfRequest } from '../store/grants.ts';
import { endRequest as endStoredRequest, findRequest } from '../store/requests.ts';
import type { RequestActivities, RequestStanding } from './types.ts';

/** Ends a request by clock, requester or policy; the row's lock decides a race with the mint. */
export async function endRequest(
  deps: { db: Db; now: () => Date },
  input: Parameters<RequestActivities['endRequest']>[0],
): Promise<RequestStanding> {
  return deps.db.transaction().execute(async (trx) => {
    const request = await findRequest(trx, input.requestId);
    if (input.status === 'expired' && request?.status === 'pending') {
      const unjudged = await findUnjudgedDecisions(trx, input.requestId);
      if (unjudged.length > 0) return { status: request.status, unjudged };
    }
    // Whoever can reach Temporal can send a signal; the requester's withdrawal is in the row.
    const unproven = input.status === 'cancelled' && request?.cancel_requested_at === null;
    const status = unproven
      ? request.status
      : await endStoredRequest(trx, input.requestId, {
          status: input.status,
          actor: actorOf(input.status, request?.subject),
          decidedBy: null,
          note: input.reason === 'forbidden_by_policy' ? forbiddenText(request?.approval_type) : null,
          at: deps.now(),
        });
    const grant = status === 'approved' ? await findGrantOfRequest(trx, input.requestId) : undefined;
    return grant === undefined
      ? { status }
      : { status, grant: { grantId: grant.grant_id, expiresAt: grant.expires_at.getTime() } };
  });
}

function forbiddenText(approvalType: ApprovalType | null | undefined): string {
  return approvalType === 'self'
    ? 'The policy has changed since you asked: your own consent no longer decides this. Ask again to see what does.'
    : 'The policy no longer allows this.';
}

function actorOf(status: 'denied' | 'expired' | 'cancelled', requester: string | undefined): string {
  if (status === 'cancelled') return requester ?? 'system';
  return status === 'denied' ? 'policy' : 'system';
}

/** Closes a grant whose time is up; says how long it still has otherwise (the database's row decides, RULES 14). */
export async function closeGrant(deps: { db: Db; now: () => Date }, grantId: string): Promise<{ remainingMs: number }> {
  return deps.db.transaction().execute(async (trx) => {
    const grant = await findGrant(trx, grantId);
    if (grant === undefined || grant.end_reason !== null) return { remainingMs: 0 };
    const now = deps.now();
    const remainingMs = grant.expires_at.getTime() - now.getTime();
    if (remainingMs > 0) return { remainingMs };
    await endGrant(trx, grantId, { reason: 'expired', by: 'system', at: now });
    return { remainingMs: 0 };
  });
}
