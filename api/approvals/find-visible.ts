import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { Db } from '../../activities/store/connect.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { findRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import { decidesByToken } from '../sessions/deciding-token.ts';
import { mayCallerSee, type Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';

/**
 * Looks a request up together with its caller: not theirs is the same 404 as not there, and is audited (RULES 9).
 *
 * @throws {DomainError} `not_found`
 */
export async function findVisibleRequest(
  db: Db,
  caller: Caller,
  requestId: string,
): Promise<{ request: ScopeRequest; policy: Policy }> {
  const [request, policy] = await Promise.all([findRequest(db, requestId), livePolicy(db)]);
  if (request !== undefined && isRequestVisible(policy, caller, request)) return { request, policy };
  if (request !== undefined) {
    await recordRefusedAccess(db, caller, { what: 'request', subject: request.subject, requestId });
  }
  throw new DomainError('not_found', 'There is no such request, or it is not yours to see.');
}

/** Whether it is the caller's to see: theirs, or theirs to decide. Pure. */
export function isRequestVisible(policy: Policy, caller: Caller, request: ScopeRequest): boolean {
  const { client_id: clientId, approval_type: approvalType } = request;
  return (
    mayCallerSee(policy, caller, request) || decidesByToken(policy, caller, { ...request, clientId, approvalType })
  );
}
