import { randomUUID } from 'node:crypto';
import type { DecisionRefusal } from '../../workflows/domain/decision.ts';
import { evaluatePolicy, isSessionBound } from '../../workflows/domain/evaluate-policy.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { appendAudit } from '../store/audit.ts';
import type { Db, DbOrTrx } from '../store/connect.ts';
import { countDecision, dropDecision, findDecision, type Decision } from '../store/decisions.ts';
import { announce } from '../store/events.ts';
import { findGrantOfRequest, type Grant } from '../store/grants.ts';
import { findPerson } from '../store/people.ts';
import { holdPolicy, livePolicy } from '../store/policies.ts';
import { announceRequest, auditContext, lockRequest, setDeciding, type ScopeRequest } from '../store/requests.ts';
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
    const request = await lockRequest(trx, input.requestId);
    if (request.status === 'approved') {
      const grant = await findGrantOfRequest(trx, input.requestId);
      if (grant === undefined) throw new Error(`Request ${input.requestId} is approved without a grant.`);
      return minted(grant);
    }
    if (isTerminal(request.status)) return { minted: false, refusal: 'already_decided' };
    const now = deps.now();
    const checked = await recheck(trx, request, input, deps.verify);
    if (!checked.ok) {
      if (checked.decision !== undefined) {
        const { decision_id: decisionId, statement } = checked.decision;
        await dropDecision(trx, request, { decisionId, statement }, checked.refusal, now);
      }
      if (request.deciding) await setDeciding(trx, request, false);
      return { minted: false, refusal: checked.refusal };
    }
    const grant = await insertGrant(trx, request, now);
    if (input.decisionId !== undefined) await countDecision(trx, input.decisionId, now);
    await trx
      .updateTable('scope_requests')
      .set({
        status: 'approved',
        deciding: false,
        decided_at: now,
        decided_by: checked.approver,
        decision_note: checked.note,
      })
      .where('request_id', '=', request.request_id)
      .execute();
    await appendAudit(trx, {
      type: 'request.approved',
      actor: checked.approver ?? 'policy',
      ...auditContext(request),
      grantId: grant.grant_id,
      data: { decision_id: input.decisionId ?? null, auto: checked.approver === null },
    });
    await appendAudit(trx, {
      type: 'grant.created',
      actor: checked.approver ?? 'policy',
      ...auditContext(request),
      grantId: grant.grant_id,
      data: { expires_at: grant.expires_at.toISOString() },
    });
    await announceRequest(trx, request);
    await announce(trx, { kind: 'grant', id: grant.grant_id, subject: request.subject, scopes: request.scopes });
    return minted(grant);
  });
}

function minted(grant: Grant): MintResult {
  return { minted: true, grantId: grant.grant_id, expiresAt: grant.expires_at.getTime() };
}

type Recheck =
  | { ok: true; approver: string | null; note: string | null }
  | { ok: false; refusal: DecisionRefusal; decision?: Decision };

async function recheck(
  trx: DbOrTrx,
  request: ScopeRequest,
  input: MintInput,
  verify: VerifyStatement,
): Promise<Recheck> {
  await holdPolicy(trx);
  const [policy, person] = [await livePolicy(trx), await findPerson(trx, request.subject)];
  if (person === undefined) return { ok: false, refusal: 'forbidden_by_policy' };
  const verdict = currentVerdict(policy, person, request);
  if (verdict === 'forbidden') return { ok: false, refusal: 'forbidden_by_policy' };
  // A grant that policy binds to a session is never written without one (RULES 13).
  if (request.session_id === null && isSessionBound(policy, request.scopes)) {
    return { ok: false, refusal: 'forbidden_by_policy' };
  }
  if (input.decisionId === undefined) {
    return verdict === 'auto'
      ? { ok: true, approver: null, note: null }
      : { ok: false, refusal: 'forbidden_by_policy' };
  }
  const decision = await findDecision(trx, input.decisionId);
  const stands = decision?.outcome === null || decision?.outcome === 'counted';
  if (!stands || decision.request_id !== request.request_id || decision.verdict !== 'approve') {
    return { ok: false, refusal: 'statement_invalid' };
  }
  const verified = await verifyDecision(
    trx,
    request,
    { decisionId: decision.decision_id, statement: decision.statement, verdict: 'approve' },
    verify,
  );
  return verified.ok
    ? { ok: true, approver: verified.statement.approver, note: decision.note }
    : { ...verified, decision };
}

/** A scope that has left the policy since is forbidden, not an error. */
function currentVerdict(
  policy: Awaited<ReturnType<typeof livePolicy>>,
  person: { roles: readonly string[]; disabled: boolean },
  request: ScopeRequest,
): 'auto' | 'self' | 'admin_required' | 'forbidden' {
  try {
    return evaluatePolicy(policy, {
      roles: person.roles,
      disabled: person.disabled,
      clientId: request.client_id,
      scopes: request.scopes,
    }).approvalType;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unknown_scope') return 'forbidden';
    throw error;
  }
}

/** The clock of a grant starts at the mint; several scopes live as long as the shortest, bound as tightly as the tightest. */
async function insertGrant(trx: DbOrTrx, request: ScopeRequest, now: Date): Promise<Grant> {
  const policy = await livePolicy(trx);
  const configured = request.scopes.map((scope) => policy.scopes[scope]).filter((entry) => entry !== undefined);
  const ttlMs = Math.min(...configured.map((entry) => Math.min(entry.grantTtlMs, entry.maxGrantTtlMs)));
  return trx
    .insertInto('grants')
    .values({
      grant_id: `gra_${randomUUID()}`,
      request_id: request.request_id,
      subject: request.subject,
      client_id: request.client_id,
      session_id: isSessionBound(policy, request.scopes) ? request.session_id : null,
      scopes: request.scopes,
      granted_at: now,
      expires_at: new Date(now.getTime() + ttlMs),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
