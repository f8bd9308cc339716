import { approvableScopes, whyNotApprover } from '../../workflows/domain/approvers.ts';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { Policy, Risk } from '../../workflows/domain/policy.ts';
import { whyNotThroughClient, type RequestOfClient } from '../../workflows/domain/through-client.ts';
import type { Caller } from './caller.ts';

/**
 * Whether the caller's token lets them decide this request (RULES 3): approve:requests in it and alive, what the person
 * could decide by their role, never their own, nothing critical, nothing of the same client. What they may decide they
 * may see, and no more. Pure.
 */
export function decidesByToken(
  policy: Policy,
  caller: Caller,
  request: RequestOfClient & { subject: string; approvalType: ApprovalType | null },
): boolean {
  return (
    caller.mayDecide === true &&
    whyNotApprover(policy, caller.person, { ...request, approval_type: request.approvalType }) === undefined &&
    whyNotThroughClient(policy, caller.clientId, request) === undefined
  );
}

/**
 * Why this takes the dashboard, of a request that the person of such a token could decide there; `undefined` where it does
 * not, or where they could not. Pure.
 */
export function whyInDashboardOnly(
  policy: Policy,
  caller: Caller,
  request: RequestOfClient & { subject: string; approvalType: ApprovalType | null },
): string | undefined {
  if (caller.mayDecide !== true) return undefined;
  if (whyNotApprover(policy, caller.person, { ...request, approval_type: request.approvalType }) !== undefined) {
    return undefined;
  }
  return whyNotThroughClient(policy, caller.clientId, request);
}

/**
 * The same of a grant, which they may then end early. Pure.
 *
 * @param request what it came of, judged as it was recorded and by live policy, as that request itself is; without one, no.
 */
export function revokesByToken(
  policy: Policy,
  caller: Caller,
  grant: { subject: string; client_id: string; scopes: readonly string[] },
  request: { risk: Risk | null; approval_type: ApprovalType | null } | undefined,
): boolean {
  if (request === undefined) return false;
  const { subject, client_id: clientId, scopes } = grant;
  const { risk, approval_type: approvalType } = request;
  return decidesByToken(policy, caller, { subject, clientId, scopes, risk, approvalType });
}

/** The scopes of such requests, for looking them up: none without such a token. Pure. */
export function scopesDecidedByToken(policy: Policy, caller: Caller): string[] {
  if (caller.mayDecide !== true) return [];
  return approvableScopes(policy, caller.person).filter((scope) =>
    decidesByToken(policy, caller, { subject: '', clientId: '', scopes: [scope], risk: 'none', approvalType: null }),
  );
}
