import { randomUUID } from 'node:crypto';
import { signStatement } from '../../activities/mint/statement.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { findStandingDecision, recordDecision, type Decision } from '../../activities/store/decisions.ts';
import { auditContext, findRequest, lockRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import { suspensionOf, type Suspension } from '../../activities/store/suspensions.ts';
import { whyNotApprover } from '../../workflows/domain/approvers.ts';
import type { DecisionOutcome, DecisionRefusal, Verdict } from '../../workflows/domain/decision.ts';
import { DomainError, type DomainErrorCode } from '../../workflows/domain/errors.ts';
import { grantSeconds } from '../../workflows/domain/grant-duration.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import type { RequestStatusResponse } from '../contract/scope-requests.ts';
import { currentFreeze, frozenError } from '../freeze/freeze-view.ts';
import type { Caller } from '../sessions/caller.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { refuseTooLong } from './refuse-too-long.ts';
import { requestContext, statusView } from './request-view.ts';
import { waitForRequest } from './wait-for-request.ts';
import { deliverDecision } from './workflow-gateway.ts';

/** What an approver sends. */
export interface DecisionInput {
  requestId: string;
  verdict: Verdict;
  note: string | null;
  /** Of an approval: how long the grant shall live; as long as was asked for, or as policy says, when left out. */
  durationSeconds?: number | undefined;
  /** `admin_email` of the wire contract: accepted only when it names the caller. */
  claimedEmail: string | undefined;
}

/**
 * Takes a decision of the authenticated caller: recorded and signed here, judged by the workflow (RULES 16, 17).
 *
 * @returns 200 with the status when judged, 202 when recorded but not judged in time.
 * @throws {DomainError} `not_found`, `identity_mismatch`, `own_request`, `not_approver`, `insufficient_scope`,
 * `already_decided` with the final state, `request_expired`, `duration_too_long`; `grants_frozen` and `client_blocked` for
 * approvals, which are then not recorded: whoever approves does so knowing that it takes effect. Denials count at any time.
 */
export async function decide(
  deps: ApprovalDeps,
  caller: Caller,
  input: DecisionInput,
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  const { request, policy } = await findVisibleRequest(deps.db, caller, input.requestId, caller.person);
  await refuseTheWrongPerson(deps, caller, request, policy, input);
  if (input.verdict === 'approve') await refuseWhileSuspended(deps, request);
  if (input.durationSeconds !== undefined) refuseTooLong(policy, request.scopes, input.durationSeconds);
  const recorded = await record(deps, caller, request, policy, input);
  if (recorded.outcome === 'counted') return { httpStatus: 200, body: await viewOf(deps, request.request_id) };
  const outcome = await deliverDecision(deps.temporal, request.request_id, input.verdict, {
    decisionId: recorded.decision_id,
    statement: recorded.statement,
  });
  return settle(deps, request.request_id, outcome);
}

async function refuseTheWrongPerson(
  deps: ApprovalDeps,
  caller: Caller,
  request: ScopeRequest,
  policy: Policy,
  input: DecisionInput,
): Promise<void> {
  const code = whyRefused(caller, request, policy, input);
  if (code === undefined) return;
  await appendAudit(deps.db, {
    type: 'decision.refused',
    actor: caller.person.subject,
    ...auditContext(request),
    data: { verdict: input.verdict, code },
  });
  throw new DomainError(code, refusalTexts[code]);
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

const refusalTexts = {
  identity_mismatch:
    'admin_email names somebody else. Decisions are made as the person who is signed in; leave it out.',
  insufficient_scope: 'Deciding through a client needs the scope approve:requests. Decide in the dashboard instead.',
  own_request: 'You asked for this yourself. Another person has to decide it.',
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
  const refusal = whyNotApprover(policy, caller.person, request);
  if (refusal !== undefined) return refusal;
  // Deciding by token comes with the scope approve:requests (RULES 3); no client can hold it yet.
  return caller.kind === 'bearer' ? 'insufficient_scope' : undefined;
}

/** A repeated verdict of the same approver is the same decision, with the same id and statement. */
async function record(
  deps: ApprovalDeps,
  caller: Caller,
  request: ScopeRequest,
  policy: Policy,
  input: DecisionInput,
): Promise<Decision> {
  const standing = await findStandingDecision(deps.db, request.request_id, caller.person.subject, input.verdict);
  if (standing !== undefined) return standing;
  const decisionId = `dec_${randomUUID()}`;
  return deps.db.transaction().execute(async (trx) => {
    const locked = await lockRequest(trx, request.request_id);
    if (isTerminal(locked.status)) throw await alreadyDecided(deps, locked);
    const now = deps.now();
    if (locked.expires_at === null || now >= locked.expires_at) {
      throw new DomainError(
        'request_expired',
        'Nobody decided in time; the request has expired. It can be asked again.',
      );
    }
    const duration = input.verdict === 'deny' ? undefined : approvedSeconds(policy, locked, input.durationSeconds);
    const statement = await signStatement(
      {
        request: locked.request_id,
        digest: locked.digest,
        verdict: input.verdict,
        scopes: locked.scopes,
        approver: caller.person.subject,
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
      approver: caller.person.subject,
      statement,
      note: input.note,
      ...(duration === undefined ? {} : { durationSeconds: duration }),
    });
  });
}

/** An approval always says how long: what its approver chose, or what they were shown. */
function approvedSeconds(policy: Policy, request: ScopeRequest, chosen: number | undefined): number {
  return chosen ?? grantSeconds(policy, request.scopes, request.requested_duration_seconds);
}

async function settle(
  deps: ApprovalDeps,
  requestId: string,
  outcome: DecisionOutcome | 'ended' | 'unknown',
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  if (outcome === 'unknown') return { httpStatus: 202, body: await viewOf(deps, requestId) };
  if (outcome === 'ended') throw await alreadyDecided(deps, await findRequest(deps.db, requestId));
  if (outcome.counted) return { httpStatus: 200, body: await viewOf(deps, requestId) };
  throw await refusalError(deps, requestId, outcome.refusal);
}

async function refusalError(deps: ApprovalDeps, requestId: string, refusal: DecisionRefusal): Promise<DomainError> {
  switch (refusal) {
    case 'already_decided':
    case 'forbidden_by_policy':
      return alreadyDecided(deps, await waitForRequest(deps, requestId, ({ status }) => isTerminal(status), 500));
    case 'late':
      return new DomainError(
        'request_expired',
        'Nobody decided in time; the request has expired. It can be asked again.',
      );
    case 'own_request':
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
