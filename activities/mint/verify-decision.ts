import { whyNotApprover } from '../../workflows/domain/approvers.ts';
import {
  judgeStatement,
  type DecisionRefusal,
  type DecisionStatement,
  type Verdict,
} from '../../workflows/domain/decision.ts';
import type { DbOrTrx } from '../store/connect.ts';
import { findPersonAndPolicy } from '../store/people.ts';
import { requestDigest } from '../store/request-digest.ts';
import { askedFor, type ScopeRequest } from '../store/requests.ts';
import type { VerifyStatement } from './statement.ts';

/** A decision that holds, or why it does not. */
export type VerifiedDecision = { ok: true; statement: DecisionStatement } | { ok: false; refusal: DecisionRefusal };

/**
 * Checks a decision from nothing but the database and the decision key: signature, that it belongs to this request as
 * it stands, that it was made in time, and that its approver may decide it now (RULES 1, 2, 17).
 */
export async function verifyDecision(
  db: DbOrTrx,
  request: ScopeRequest,
  decision: { decisionId: string; statement: string; verdict: Verdict },
  verify: VerifyStatement,
): Promise<VerifiedDecision> {
  const statement = await verify(decision.statement);
  if (statement === undefined || statement.nonce !== decision.decisionId || statement.verdict !== decision.verdict) {
    return { ok: false, refusal: 'statement_invalid' };
  }
  const digest = requestDigest(askedFor(request));
  if (digest !== request.digest || request.expires_at === null) return { ok: false, refusal: 'statement_invalid' };
  const misfit = judgeStatement(statement, {
    requestId: request.request_id,
    digest,
    scopes: request.scopes,
    expiresAt: request.expires_at.getTime(),
  });
  if (misfit !== undefined) return { ok: false, refusal: misfit };
  const { person: approver, policy } = await findPersonAndPolicy(db, statement.approver);
  if (approver === undefined) return { ok: false, refusal: 'not_approver' };
  const refusal = whyNotApprover(policy, approver, request);
  return refusal === undefined ? { ok: true, statement } : { ok: false, refusal };
}
