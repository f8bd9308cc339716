import { randomUUID } from 'node:crypto';
import type { DecisionRefusal } from '../../workflows/domain/decision.ts';
import { evaluatePolicy, isSessionBound } from '../../workflows/domain/evaluate-policy.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { grantSeconds } from '../../workflows/domain/grant-duration.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { appendAudit } from '../store/audit.ts';
import type { Db, DbOrTrx } from '../store/connect.ts';
import { countDecision, dropDecision, findDecision, type Decision } from '../store/decisions.ts';
import { announce } from '../store/events.ts';
import { findGrantOfRequest, type Grant } from '../store/grants.ts';
import { findPersonAndPolicy, holdAccounts } from '../store/people.ts';
import { holdPolicy } from '../store/policies.ts';
import { announceRequest, auditContext, lockRequest, setDeciding, type ScopeRequest } from '../store/requests.ts';
import { holdSuspensions, suspensionOf, type Suspension } from '../store/suspensions.ts';
import { isClientVerified } from '../store/verified-clients.ts';
import type { VerifyStatement } from './statement.ts';
import type { MintInput, MintResult } from './types.ts';
import { verifyDecision } from './verify-decision.ts';

/** What {@link mintGrant} needs. */
export interface MintDeps {
  db: Db;
  verify: VerifyStatement;
  now: () => Date;
}

/**
 * Writes approval, grant and audit entries in one transaction keyed by the request id. Everything is read and checked
 * again here; the workflow's word alone grants nothing (RULES 2, 12, 16). Repeating it gives the same grant.
 */
export async function mintGrant(deps: MintDeps, input: MintInput): Promise<MintResult> {
  return deps.db.transaction().execute(async (trx) => {
    // What does not need another's answer does not wait for it; all else is read under these locks.
    const [, request] = await Promise.all([
      holdAccounts(trx),
      lockRequest(trx, input.requestId),
      holdPolicy(trx),
      holdSuspensions(trx),
    ]);
    if (request.status === 'approved') {
      const grant = await findGrantOfRequest(trx, input.requestId);
      if (grant === undefined) throw new Error(`Request ${input.requestId} is approved without a grant.`);
      return minted(grant);
    }
    if (isTerminal(request.status)) return { minted: false, refusal: 'already_decided' };
    const now = deps.now();
    const checked = await recheck(trx, request, input, { ...deps, now });
    if (!checked.ok) {
      if (checked.decision !== undefined) {
        const { decision_id: decisionId, statement } = checked.decision;
        await dropDecision(trx, request, { decisionId, statement }, checked.refusal, now);
      }
      if (request.deciding) await setDeciding(trx, request, false);
      return { minted: false, refusal: checked.refusal };
    }
    const grant = newGrant(checked, request, now);
    const shared = { actor: checked.approver ?? 'policy', ...auditContext(request), grantId: grant.grant_id };
    await Promise.all([
      trx.insertInto('grants').values(grant).execute(),
      input.decisionId === undefined ? undefined : countDecision(trx, input.decisionId, now),
      trx
        .updateTable('scope_requests')
        .set({
          status: 'approved',
          deciding: false,
          decided_at: now,
          decided_by: checked.approver,
          decision_note: checked.note,
        })
        .where('request_id', '=', request.request_id)
        .execute(),
      appendAudit(
        trx,
        {
          type: 'request.approved',
          ...shared,
          data: {
            decision_id: input.decisionId ?? null,
            auto: checked.approver === null,
            ...(grant.scopes.length < request.scopes.length ? { granted: grant.scopes } : {}),
          },
        },
        {
          type: 'grant.created',
          ...shared,
          scopes: grant.scopes,
          data: { expires_at: grant.expires_at.toISOString() },
        },
      ),
      announceRequest(trx, request),
      announce(trx, { kind: 'grant', id: grant.grant_id, subject: request.subject, scopes: grant.scopes }),
    ]);
    return minted(grant);
  });
}

function minted(grant: Pick<Grant, 'grant_id' | 'expires_at'>): MintResult {
  return { minted: true, grantId: grant.grant_id, expiresAt: grant.expires_at.getTime() };
}

type NewGrant = Omit<Grant, 'end_reason' | 'ended_at' | 'ended_by'>;

type Recheck =
  | {
      ok: true;
      policy: Policy;
      approver: string | null;
      note: string | null;
      durationSeconds: number | null;
      /** What is granted: an approver may leave out some of what was asked. */
      scopes: readonly string[];
    }
  | { ok: false; refusal: DecisionRefusal; decision?: Decision };

async function recheck(
  trx: DbOrTrx,
  request: ScopeRequest,
  input: MintInput,
  { verify, now }: { verify: VerifyStatement; now: Date },
): Promise<Recheck> {
  const [{ person, policy }, decision, suspension, clientVerified] = await Promise.all([
    findPersonAndPolicy(trx, request.subject),
    input.decisionId === undefined ? undefined : findDecision(trx, input.decisionId),
    suspensionOf(trx, request.client_id),
    isClientVerified(trx, request.client_id),
  ]);
  if (suspension !== undefined) return suspended(input, decision, suspension);
  if (person === undefined) return { ok: false, refusal: 'forbidden_by_policy' };
  const verdict = currentVerdict(policy, { ...person, clientVerified }, request);
  if (verdict === 'forbidden') return { ok: false, refusal: 'forbidden_by_policy' };
  // A grant that policy binds to a session is never written without one (RULES 13).
  if (request.session_id === null && isSessionBound(policy, request.scopes)) {
    return { ok: false, refusal: 'forbidden_by_policy' };
  }
  if (input.decisionId === undefined) {
    return verdict === 'auto'
      ? {
          ok: true,
          policy,
          approver: null,
          note: null,
          durationSeconds: request.requested_duration_seconds,
          scopes: request.scopes,
        }
      : { ok: false, refusal: 'forbidden_by_policy' };
  }
  const stands = decision?.outcome === null || decision?.outcome === 'counted';
  if (!stands || decision.request_id !== request.request_id || decision.verdict !== 'approve') {
    return { ok: false, refusal: 'statement_invalid' };
  }
  const verified = await verifyDecision(
    trx,
    request,
    { decisionId: decision.decision_id, statement: decision.statement, verdict: 'approve' },
    verify,
    now,
  );
  return verified.ok
    ? {
        ok: true,
        policy,
        approver: verified.statement.approver,
        note: decision.note,
        durationSeconds: verified.statement.duration_seconds ?? request.requested_duration_seconds,
        scopes: verified.statement.scopes,
      }
    : { ...verified, decision };
}

/** The decision does not hold now and is asked for again later; what policy grants at once is simply tried again. */
function suspended(input: MintInput, decision: Decision | undefined, suspension: Suspension): Recheck {
  if (input.decisionId === undefined) throw new DomainError(suspension, 'Nothing is granted to this client for now.');
  return { ok: false, refusal: suspension, ...(decision === undefined ? {} : { decision }) };
}

/** A scope that has left the policy since is forbidden, not an error. */
function currentVerdict(
  policy: Policy,
  asking: { roles: readonly string[]; disabled: boolean; clientVerified: boolean },
  request: ScopeRequest,
): 'auto' | 'self' | 'admin_required' | 'forbidden' {
  try {
    return evaluatePolicy(policy, {
      roles: asking.roles,
      disabled: asking.disabled,
      clientVerified: asking.clientVerified,
      clientId: request.client_id,
      scopes: request.scopes,
    }).approvalType;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unknown_scope') return 'forbidden';
    throw error;
  }
}

/**
 * The clock of a grant starts at the mint. It lives as long as was approved, never longer than live policy's maximum;
 * several scopes as long as the shortest, bound as tightly as the tightest.
 */
function newGrant(
  { policy, durationSeconds, scopes }: { policy: Policy; durationSeconds: number | null; scopes: readonly string[] },
  request: ScopeRequest,
  now: Date,
): NewGrant {
  const ttlMs = grantSeconds(policy, scopes, durationSeconds) * 1_000;
  return {
    grant_id: `gra_${randomUUID()}`,
    request_id: request.request_id,
    subject: request.subject,
    client_id: request.client_id,
    session_id: isSessionBound(policy, scopes) ? request.session_id : null,
    scopes: [...scopes].sort(),
    granted_at: now,
    expires_at: new Date(now.getTime() + ttlMs),
  };
}
