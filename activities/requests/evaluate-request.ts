import {
  evaluatePolicy,
  scopePolicy,
  unverifiedClientRule,
  type PolicyVerdict,
} from '../../workflows/domain/evaluate-policy.ts';
import { selfRequestTtlMs } from '../../workflows/domain/own-consent.ts';
import { risks, type Policy, type Risk } from '../../workflows/domain/policy.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { digestOf } from '../store/call-digest.ts';
import type { Db } from '../store/connect.ts';
import { findPersonAndPolicy } from '../store/people.ts';
import { endRequest, lockRequest, recordEvaluation, type ScopeRequest } from '../store/requests.ts';
import { isClientVerified } from '../store/verified-clients.ts';
import type { EvaluatedRequest } from './types.ts';

/** Reads policy, roles and account, evaluates, stores the verdict. Repeating it gives the stored verdict (RULES 24). */
export async function evaluateRequest(deps: { db: Db; now: () => Date }, requestId: string): Promise<EvaluatedRequest> {
  return deps.db.transaction().execute(async (trx) => {
    const request = await lockRequest(trx, requestId);
    if (isTerminal(request.status) || request.approval_type !== null) return alreadyEvaluated(request);
    const { person, policy } = await findPersonAndPolicy(trx, request.subject);
    const question = {
      roles: person?.roles ?? [],
      disabled: person?.disabled ?? true,
      clientId: request.client_id,
      clientVerified: await isClientVerified(trx, request.client_id),
      scopes: request.scopes,
    };
    const verdict = evaluatePolicy(policy, question);
    const refused = refusal(verdict);
    const approvalType = refused === undefined ? verdict.approvalType : 'forbidden';
    const decisive = decisiveScope(verdict);
    const now = deps.now();
    const evaluation = {
      approvalType,
      rule: decisive.rule,
      risk: highestRisk(policy, request.scopes),
      policyVersion: verdict.policyVersion,
      expiresAt: earlier(new Date(now.getTime() + shortestTtl(policy, verdict)), request.expires_at),
    };
    await recordEvaluation(trx, request, evaluation);
    if (refused !== undefined) {
      await endRequest(trx, requestId, { status: 'denied', actor: 'policy', decidedBy: null, note: refused, at: now });
    }
    return {
      next: refused !== undefined ? 'ended' : verdict.approvalType === 'auto' ? 'mint' : 'wait',
      status: refused !== undefined ? 'denied' : verdict.approvalType === 'auto' ? 'requested' : 'pending',
      approvalType,
      rule: evaluation.rule,
      policyVersion: evaluation.policyVersion,
      inputDigest: digestOf(question),
      scopes: request.scopes,
      risk: evaluation.risk,
      expiresAt: evaluation.expiresAt.getTime(),
    };
  });
}

function alreadyEvaluated(request: ScopeRequest): EvaluatedRequest {
  const ended = isTerminal(request.status) && request.status !== 'approved';
  return {
    next: ended ? 'ended' : request.approval_type === 'auto' ? 'mint' : 'wait',
    status: request.status,
    approvalType: request.approval_type ?? 'forbidden',
    rule: request.rule ?? '',
    policyVersion: request.policy_version ?? '',
    inputDigest: '',
    scopes: request.scopes,
    risk: request.risk ?? 'none',
    expiresAt: request.expires_at?.getTime() ?? 0,
  };
}

/** Why nobody needs to be asked, for the requester; `undefined` when somebody may grant it. */
function refusal(verdict: PolicyVerdict): string | undefined {
  if (verdict.approvalType === 'forbidden') return decisiveScope(verdict).reason ?? 'The policy does not allow this.';
  // One decision cannot be the requester's and an approver's; whoever asks for such a set gets a request for each part.
  const own = verdict.scopes.filter(({ approvalType }) => approvalType === 'self').map(({ scope }) => scope);
  return own.length > 0 && verdict.approvalType === 'admin_required'
    ? `Ask for ${own.join(', ')} separately: it needs your own consent, the rest an approver's decision.`
    : undefined;
}

function decisiveScope(verdict: PolicyVerdict): { rule: string; reason?: string } {
  return verdict.scopes.find(({ approvalType }) => approvalType === verdict.approvalType) ?? { rule: '' };
}

function highestRisk(policy: Policy, scopes: readonly string[]): Risk {
  const highest = Math.max(...scopes.map((scope) => risks.indexOf(scopePolicy(policy, scope).risk)));
  return risks[highest] ?? 'critical';
}

/** Whoever asked may wait for less than policy allows. */
function earlier(byPolicy: Date, asked: Date | null): Date {
  return asked !== null && asked < byPolicy ? asked : byPolicy;
}

/** What the person confirms by themselves waits as such things do, and no longer than policy waits for the scope at all. */
function shortestTtl(policy: Policy, { scopes }: PolicyVerdict): number {
  return Math.min(
    ...scopes.map(({ scope, rule }) => {
      const { requestTtlMs } = scopePolicy(policy, scope);
      return rule === unverifiedClientRule ? Math.min(selfRequestTtlMs(policy), requestTtlMs) : requestTtlMs;
    }),
  );
}
