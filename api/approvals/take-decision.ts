import { randomUUID } from 'node:crypto';
import { signStatement } from '../../activities/mint/statement.ts';
import { findStandingDecision, recordDecision, type Decision } from '../../activities/store/decisions.ts';
import { findRequest, isDivisible, lockRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import { suspensionOf, type Suspension } from '../../activities/store/suspensions.ts';
import type { DecisionOutcome, DecisionRefusal, DecisionStatement, Verdict } from '../../workflows/domain/decision.ts';
import { DomainError, type DomainErrorCode } from '../../workflows/domain/errors.ts';
import { grantSeconds } from '../../workflows/domain/grant-duration.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import type { RequestStatusResponse } from '../contract/scope-requests.ts';
import { currentFreeze, frozenError } from '../freeze/freeze-view.ts';
import type { ApprovalDeps } from './deps.ts';
import { refuseTooLong } from './refuse-too-long.ts';
import { requestContext, statusView } from './request-view.ts';
import { waitForRequest } from './wait-for-request.ts';
import { deliverDecision } from './workflow-gateway.ts';

const lookedAtWithinMs = 1_000;

/** What somebody says about a request. */
export interface VerdictInput {
  verdict: Verdict;
  note: string | null;
  /** Of an approval: how long the grant shall live; as long as was asked for, or as policy says, when left out. */
  durationSeconds?: number | undefined;
  /** Of an approval: some of what was asked; all of it when left out. */
  scopes?: readonly string[] | undefined;
}

/** On what, by whom and how: `claims` stand in the signed statement beside what every decision says. */
export interface DecisionTaken {
  request: ScopeRequest;
  policy: Policy;
  /** Whoever was authenticated, and may decide this: the caller has checked. */
  approver: string;
  claims: Pick<DecisionStatement, 'kind' | 'auth_time' | 'client'>;
}

/**
 * Records and signs a decision and has the workflow judge it (RULES 16, 17).
 *
 * @returns 200 with the status when judged, 202 when recorded but not judged in time.
 * @throws {DomainError} `already_decided` with the final state, `request_expired`, `duration_too_long`, `invalid_request`,
 * `temporarily_unavailable` while the policy has not looked at the request; `grants_frozen` and
 * `client_blocked` for approvals, which are then not recorded: whoever approves does so knowing that it takes effect.
 * Denials count at any time.
 */
export async function takeDecision(
  deps: ApprovalDeps,
  taken: DecisionTaken,
  input: VerdictInput,
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  const { request, policy } = taken;
  if (input.verdict === 'approve') await refuseWhileSuspended(deps, request);
  const scopes = approvedScopes(request, input);
  if (input.durationSeconds !== undefined) refuseTooLong(policy, scopes, input.durationSeconds);
  // Policy looks at a request a moment after it is made, and only then it is known until when it can be decided.
  if (request.status === 'requested') {
    await waitForRequest(deps, request.request_id, ({ status }) => status !== 'requested', lookedAtWithinMs);
  }
  const recorded = await record(deps, taken, input);
  if (recorded.outcome === 'counted') return { httpStatus: 200, body: await viewOf(deps, request.request_id) };
  const outcome = await deliverDecision(deps.temporal, request.request_id, input.verdict, {
    decisionId: recorded.decision_id,
    statement: recorded.statement,
  });
  return settle(deps, recorded, outcome);
}

async function refuseWhileSuspended(deps: ApprovalDeps, request: ScopeRequest): Promise<void> {
  const suspension = isTerminal(request.status) ? undefined : await suspensionOf(deps.db, request.client_id);
  if (suspension !== undefined) throw await suspendedError(deps, request, suspension);
}

async function suspendedError(deps: ApprovalDeps, request: ScopeRequest, suspension: Suspension): Promise<DomainError> {
  if (suspension === 'grants_frozen') {
    return frozenError('Nothing was approved; the request waits on.', await currentFreeze(deps.db));
  }
  return new DomainError(
    'client_blocked',
    `Nothing was approved; the request waits on. The client ${request.client_id} is blocked: unblock it first, or deny the request.`,
  );
}

/** A repeated verdict of the same approver is the same decision, with the same id and statement. */
async function record(
  deps: ApprovalDeps,
  { request, policy, approver, claims }: DecisionTaken,
  input: VerdictInput,
): Promise<Decision> {
  const standing = await findStandingDecision(deps.db, request.request_id, approver, input.verdict);
  if (standing !== undefined) return standing;
  const decisionId = `dec_${randomUUID()}`;
  return deps.db.transaction().execute(async (trx) => {
    const locked = await lockRequest(trx, request.request_id);
    if (isTerminal(locked.status)) throw await alreadyDecided(deps, locked);
    const now = deps.now();
    if (locked.status === 'requested' || locked.expires_at === null) {
      throw new DomainError(
        'temporarily_unavailable',
        'The policy has not looked at this request yet. Decide again in a few seconds.',
      );
    }
    if (now >= locked.expires_at) {
      throw new DomainError(
        'request_expired',
        'Nobody decided in time; the request has expired. It can be asked again.',
      );
    }
    const scopes = approvedScopes(locked, input);
    const duration =
      input.verdict === 'deny' ? undefined : approvedSeconds(policy, { ...locked, scopes }, input.durationSeconds);
    const statement = await signStatement(
      {
        request: locked.request_id,
        digest: locked.digest,
        verdict: input.verdict,
        scopes,
        approver,
        ...claims,
        ...(duration === undefined ? {} : { duration_seconds: duration }),
        nonce: decisionId,
        iat: Math.floor(now.getTime() / 1000),
        exp: Math.ceil(locked.expires_at.getTime() / 1000),
      },
      deps.decisionPrivateJwk,
    );
    return recordDecision(trx, locked, {
      decisionId,
      verdict: input.verdict,
      approver,
      statement,
      note: input.note,
      ...(duration === undefined ? {} : { durationSeconds: duration }),
    });
  });
}

/** @throws {DomainError} `invalid_request` for a choice that cannot be made */
function approvedScopes(request: ScopeRequest, { verdict, scopes }: VerdictInput): string[] {
  if (verdict === 'deny' || scopes === undefined) return request.scopes;
  const chosen = request.scopes.filter((scope) => scopes.includes(scope));
  if (chosen.length === 0 || scopes.some((scope) => !request.scopes.includes(scope))) {
    throw new DomainError('invalid_request', `Approve some or all of what was asked: ${request.scopes.join(', ')}.`);
  }
  if (chosen.length < request.scopes.length && !isDivisible(request)) {
    throw new DomainError(
      'invalid_request',
      'This was asked for one call, which needs all of it: approve it or deny it.',
    );
  }
  return chosen;
}

/** An approval always says how long: what its approver chose, or what they were shown. */
function approvedSeconds(policy: Policy, request: ScopeRequest, chosen: number | undefined): number {
  return chosen ?? grantSeconds(policy, request.scopes, request.requested_duration_seconds);
}

async function settle(
  deps: ApprovalDeps,
  decision: Decision,
  outcome: DecisionOutcome | 'ended' | 'unknown',
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  const { request_id: requestId } = decision;
  if (typeof outcome === 'object') {
    if (outcome.counted) return { httpStatus: 200, body: await viewOf(deps, requestId) };
    throw await refusalError(deps, requestId, outcome.refusal);
  }
  // The decision that ends a workflow at once also ends the questions to it: what became of them stands in the rows.
  const [standing, request] = await Promise.all([
    findStandingDecision(deps.db, requestId, decision.approver, decision.verdict),
    findRequest(deps.db, requestId),
  ]);
  if (standing?.outcome === 'counted') return { httpStatus: 200, body: await viewOf(deps, requestId) };
  if (outcome === 'ended' || request === undefined || isTerminal(request.status)) {
    throw await alreadyDecided(deps, request);
  }
  return { httpStatus: 202, body: await viewOf(deps, requestId) };
}

async function refusalError(deps: ApprovalDeps, requestId: string, refusal: DecisionRefusal): Promise<DomainError> {
  switch (refusal) {
    case 'already_decided':
    case 'forbidden_by_policy': {
      const request = await waitForRequest(deps, requestId, ({ status }) => isTerminal(status), 500);
      return request === undefined || isTerminal(request.status)
        ? alreadyDecided(deps, request)
        : new DomainError(
            'temporarily_unavailable',
            'An earlier decision on this request is being put into force. Look again in a few seconds.',
          );
    }
    case 'late':
      return new DomainError(
        'request_expired',
        'Nobody decided in time; the request has expired. It can be asked again.',
      );
    case 'stale_sign_in':
      return new DomainError(
        'fresh_sign_in_required',
        'You signed in too long ago for this. Sign in again and decide then.',
      );
    case 'own_request':
    case 'self_approval':
    case 'client_not_allowed':
    case 'not_approver':
    case 'statement_invalid': {
      const code: DomainErrorCode = refusal;
      return new DomainError(
        code,
        'Your decision did not hold when it was checked again: it was dropped and the request is open as before.',
      );
    }
    case 'grants_frozen':
    case 'client_blocked': {
      const request = await findRequest(deps.db, requestId);
      return request === undefined ? alreadyDecided(deps, request) : suspendedError(deps, request, refusal);
    }
    default:
      return refusal satisfies never;
  }
}

async function alreadyDecided(deps: ApprovalDeps, request: ScopeRequest | undefined): Promise<DomainError> {
  if (request === undefined) return new DomainError('not_found', 'There is no such request.');
  if (!isTerminal(request.status)) {
    return new DomainError(
      'temporarily_unavailable',
      'The workflow of this request has been stopped from outside. It is being repaired: try again in a minute.',
    );
  }
  const view = await viewOf(deps, request.request_id);
  const by = view.approved_by ?? view.denied_by;
  return new DomainError(
    'already_decided',
    `This request has already ended: ${view.status}${by === null ? '' : ` by ${by}`}.`,
    {
      details: { request: view },
    },
  );
}

async function viewOf(deps: ApprovalDeps, requestId: string): Promise<RequestStatusResponse> {
  const request = await findRequest(deps.db, requestId);
  if (request === undefined) throw new DomainError('not_found', 'There is no such request.');
  return statusView(request, await requestContext(deps.db, [request]), deps.now());
}
