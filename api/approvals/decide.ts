import { heldScopes } from '../../activities/store/grants.ts';
import type { Db } from '../../activities/store/connect.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { auditContext, findRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import { whyNotApprover } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import type { RequestStatusResponse } from '../contract/scope-requests.ts';
import { appendRefusal } from '../sessions/append-refusal.ts';
import type { Caller } from '../sessions/caller.ts';
import { whyInDashboardOnly } from '../sessions/deciding-token.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { takeDecision, type VerdictInput } from './take-decision.ts';

/** What an approver sends. */
export interface DecisionInput extends VerdictInput {
  requestId: string;
  /** `admin_email` of the wire contract: accepted only when it names the caller. */
  claimedEmail: string | undefined;
}

/**
 * Takes a decision of the authenticated caller: recorded and signed here, judged by the workflow (RULES 16, 17).
 *
 * @returns 200 with the status when judged, 202 when recorded but not judged in time.
 * @throws {DomainError} `not_found`, `client_not_allowed`, `identity_mismatch`, `own_request`, `not_approver`, `insufficient_scope`,
 * `self_approval`, and what {@link takeDecision} says.
 */
export async function decide(
  deps: ApprovalDeps,
  caller: Caller,
  input: DecisionInput,
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  const { request, policy } = await findVisibleRequest(deps.db, caller, input.requestId).catch(
    async (error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
      if (!mayDecideAtAll(caller)) throw new DomainError('insufficient_scope', refusalTexts.insufficient_scope);
      throw (await takesTheDashboard(deps.db, caller, input.requestId)) ?? error;
    },
  );
  await refuseTheWrongPerson(deps, caller, request, policy, input);
  const claims = caller.kind === 'bearer' ? { client: caller.clientId } : {};
  return takeDecision(deps, { request, policy, approver: caller.person.subject, claims }, input);
}

/** That the person may decide this, and not through their client. */
async function takesTheDashboard(db: Db, caller: Caller, requestId: string): Promise<DomainError | undefined> {
  const [request, policy] = await Promise.all([findRequest(db, requestId), livePolicy(db)]);
  if (request === undefined) return undefined;
  const { client_id: clientId, approval_type: approvalType } = request;
  const why = whyInDashboardOnly(policy, caller, { ...request, clientId, approvalType });
  return why === undefined ? undefined : new DomainError('client_not_allowed', why);
}

/**
 * A token without the scope is told the same of every request, there or not; one with it, the same of those that are not
 * there and those that its person may not decide. A browser needs no token.
 */
function mayDecideAtAll(caller: Caller): boolean {
  return caller.kind !== 'bearer' || caller.mayDecide === true;
}

async function refuseTheWrongPerson(
  deps: ApprovalDeps,
  caller: Caller,
  request: ScopeRequest,
  policy: Policy,
  input: DecisionInput,
): Promise<void> {
  const refusal = !mayDecideAtAll(caller)
    ? 'insufficient_scope'
    : (whyRefused(caller, request, policy, input) ?? (await whyNotByToken(deps, caller)));
  if (refusal === undefined) return;
  await appendRefusal(deps.db, caller, {
    type: 'decision.refused',
    ...auditContext(request),
    data: { verdict: input.verdict, code: refusal },
  });
  throw new DomainError(refusal, refusalTexts[refusal]);
}

const refusalTexts = {
  identity_mismatch:
    'admin_email names somebody else. Decisions are made as the person who is signed in; leave it out.',
  insufficient_scope: 'Deciding through a client needs the scope approve:requests. Decide in the dashboard instead.',
  own_request: 'You asked for this yourself. Another person has to decide it.',
  self_approval:
    'The policy leaves this to the own consent of the person who asked: nobody else decides it, and they do on the consent page.',
  not_approver: 'The policy does not name you as an approver of these scopes.',
} as const;

function whyRefused(
  caller: Caller,
  request: ScopeRequest,
  policy: Policy,
  input: DecisionInput,
): keyof typeof refusalTexts | undefined {
  const claimed = input.claimedEmail?.trim().toLowerCase();
  if (claimed !== undefined && claimed !== '' && claimed !== caller.person.email.toLowerCase())
    return 'identity_mismatch';
  return whyNotApprover(policy, caller.person, request);
}

/** Deciding by token takes the scope approve:requests still at this moment; which requests, `decidesByToken` says (RULES 3). */
async function whyNotByToken(deps: ApprovalDeps, caller: Caller): Promise<'insufficient_scope' | undefined> {
  if (caller.kind !== 'bearer') return undefined;
  const held = await heldScopes(deps.db, { subject: caller.person.subject, clientId: caller.clientId }, deps.now());
  return held.includes(decidingScope) ? undefined : 'insufficient_scope';
}
