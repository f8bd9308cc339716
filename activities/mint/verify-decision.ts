import { whyNotApprover, type Person } from '../../workflows/domain/approvers.ts';
import {
  judgeStatement,
  type DecisionRefusal,
  type DecisionStatement,
  type Verdict,
} from '../../workflows/domain/decision.ts';
import { whyNotOwnConsent } from '../../workflows/domain/own-consent.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import { whyNotThroughClient } from '../../workflows/domain/through-client.ts';
import type { DbOrTrx } from '../store/connect.ts';
import { heldScopes } from '../store/grants.ts';
import { findPersonAndPolicy } from '../store/people.ts';
import { requestDigest } from '../store/request-digest.ts';
import { askedFor, isDivisible, type ScopeRequest } from '../store/requests.ts';
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
  now: Date,
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
    divisible: isDivisible(request),
    expiresAt: request.expires_at.getTime(),
  });
  if (misfit !== undefined) return { ok: false, refusal: misfit };
  const { person: approver, policy } = await findPersonAndPolicy(db, statement.approver);
  if (approver === undefined) return { ok: false, refusal: 'not_approver' };
  const refusal =
    statement.kind === 'self'
      ? whyNotByThemself(policy, approver, request, statement)
      : (whyNotApprover(policy, approver, request) ?? (await whyNotByToken(db, policy, request, statement, now)));
  return refusal === undefined ? { ok: true, statement } : { ok: false, refusal };
}

/** A request keeps its routing for life: only what policy left to its requester can be consented to (RULES 2). */
function whyNotByThemself(
  policy: Policy,
  person: Person,
  request: ScopeRequest,
  statement: DecisionStatement,
): DecisionRefusal | undefined {
  if (request.approval_type !== 'self') return person.subject === request.subject ? 'own_request' : 'not_approver';
  return whyNotOwnConsent(policy, person, { ...request, clientId: request.client_id }, statement);
}

/** Through a client: one that may, for somebody who has allowed it to decide and has not taken that back (RULES 3). */
async function whyNotByToken(
  db: DbOrTrx,
  policy: Policy,
  request: ScopeRequest,
  { client, approver }: DecisionStatement,
  now: Date,
): Promise<DecisionRefusal | undefined> {
  if (client === undefined) return undefined;
  if (whyNotThroughClient(policy, client, { ...request, clientId: request.client_id }) !== undefined) {
    return 'client_not_allowed';
  }
  const held = await heldScopes(db, { subject: approver, clientId: client }, now);
  return held.includes(decidingScope) ? undefined : 'client_not_allowed';
}
