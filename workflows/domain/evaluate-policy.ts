import type { ApprovalType } from './approval-type.ts';
import { isApproverRole } from './approvers.ts';
import { chatClientId, isFirstParty } from './clients.ts';
import { DomainError } from './errors.ts';
import { isHighOrCritical, type Policy, type ScopePolicy } from './policy.ts';
import { decidingScope } from './scopes.ts';

/** Whom and what a policy is asked about. */
export interface PolicyQuestion {
  roles: readonly string[];
  /** A disabled account is refused everything. */
  disabled: boolean;
  clientId: string;
  /**
   * Somebody here has said who the client is, as the store knows it at that moment, never as the caller says. Absent is
   * no; our own clients need nobody's word.
   */
  clientVerified?: boolean;
  scopes: readonly string[];
}

/** The answer for one scope, with the rule that gave it. */
export interface ScopeVerdict {
  scope: string;
  approvalType: ApprovalType;
  /** Where in the policy the verdict comes from, e.g. `scopes.read:files.granted_at_once_to[developer]`. */
  rule: string;
  /** For people; only denials carry one. */
  reason?: string;
}

/** The strictest verdict decides the whole set; per-scope verdicts stay visible. */
export interface PolicyVerdict {
  approvalType: ApprovalType;
  scopes: readonly ScopeVerdict[];
  policyVersion: string;
}

/** The rule by which people confirm themselves what policy grants them at once; see {@link judgeGrantedAtOnce}. */
export const unverifiedClientRule = 'builtin.unverified_client';

const strictness: readonly ApprovalType[] = ['auto', 'self', 'admin_required', 'forbidden'];

/**
 * Decides how each requested scope may be obtained. Pure: the same question and policy give the same verdict.
 *
 * @throws {DomainError} `unknown_scope` when any scope is not in the policy (the whole question is refused).
 */
export function evaluatePolicy(policy: Policy, question: PolicyQuestion): PolicyVerdict {
  const scopes = [...new Set(question.scopes)].map((scope) => judgeScope(policy, question, scope));
  const strictest = scopes.reduce((worst, { approvalType }) => Math.max(worst, strictness.indexOf(approvalType)), 0);
  return { approvalType: strictness[strictest] ?? 'forbidden', scopes, policyVersion: policy.version };
}

/** The policy of one scope. @throws {DomainError} `unknown_scope` */
export function scopePolicy(policy: Policy, scope: string): ScopePolicy {
  const found = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
  if (found === undefined) {
    throw new DomainError(
      'unknown_scope',
      `The scope "${scope}" is not in the policy. Ask for one of: ${Object.keys(policy.scopes).join(', ')}.`,
    );
  }
  return found;
}

/** Whether policy ties a grant of these scopes to one session (RULES 13); one bound scope binds the set. */
export function isSessionBound(policy: Policy, scopes: readonly string[]): boolean {
  return scopes.some((scope) => Object.hasOwn(policy.scopes, scope) && policy.scopes[scope]?.binding === 'session');
}

/** The deny rule that forbids the scope to this person and client, if any (re-read at every issue, RULES 2). */
export function denyingRule(
  policy: Policy,
  question: Pick<PolicyQuestion, 'roles' | 'clientId'>,
  scope: string,
): { rule: string; reason: string } | undefined {
  const index = policy.deny.findIndex(
    (rule) =>
      rule.scopes.includes(scope) &&
      (rule.roles.length === 0 || rule.roles.some((role) => question.roles.includes(role))) &&
      (rule.clients.length === 0 || rule.clients.includes(question.clientId)),
  );
  const denying = policy.deny[index];
  return denying === undefined ? undefined : { rule: `deny[${index}]`, reason: denying.reason };
}

function judgeScope(policy: Policy, question: PolicyQuestion, scope: string): ScopeVerdict {
  const configured = scopePolicy(policy, scope);
  if (question.disabled) {
    return { scope, approvalType: 'forbidden', rule: 'account.disabled', reason: 'This account is disabled.' };
  }
  const denied = denyingRule(policy, question, scope);
  if (denied !== undefined) return { scope, approvalType: 'forbidden', ...denied };
  if (scope === decidingScope) return judgeDecidingScope(policy, question);
  const role = ['everyone', ...question.roles].find((held) => configured.grantedAtOnceTo.includes(held));
  if (role !== undefined) return judgeGrantedAtOnce(configured, question, scope, role);
  switch (configured.otherwise) {
    case 'admin':
      return { scope, approvalType: 'admin_required', rule: `scopes.${scope}.otherwise` };
    case 'self':
      return judgeOwnConsent(configured, question, scope);
    case 'forbidden':
      return {
        scope,
        approvalType: 'forbidden',
        rule: `scopes.${scope}.otherwise`,
        reason: `The policy does not allow ${scope}.`,
      };
    default:
      return configured.otherwise satisfies never;
  }
}

/**
 * What policy grants the person at once. It trusts them, and knows nothing of a client that nobody has verified: through
 * such a one they confirm by themselves what is of high or critical risk (RULES 20).
 */
function judgeGrantedAtOnce(
  { risk }: ScopePolicy,
  question: PolicyQuestion,
  scope: string,
  role: string,
): ScopeVerdict {
  const verified = question.clientVerified === true || isFirstParty(question.clientId);
  return isHighOrCritical(risk) && !verified
    ? { scope, approvalType: 'self', rule: unverifiedClientRule }
    : { scope, approvalType: 'auto', rule: `scopes.${scope}.granted_at_once_to[${role}]` };
}

/** Whether the person may consent themselves: everybody, unless policy names roles for it. */
function judgeOwnConsent({ approverRoles }: ScopePolicy, question: PolicyQuestion, scope: string): ScopeVerdict {
  if (approverRoles.length === 0 || approverRoles.some((role) => question.roles.includes(role))) {
    return { scope, approvalType: 'self', rule: `scopes.${scope}.otherwise` };
  }
  return {
    scope,
    approvalType: 'forbidden',
    rule: `scopes.${scope}.approvers`,
    reason: `Only people with the role ${approverRoles.join(' or ')} may consent to ${scope} for themselves.`,
  };
}

/**
 * Deciding through a client (RULES 3): whatever the policy file says, by fresh own consent alone, for approvers alone,
 * and never for the chat agent.
 */
function judgeDecidingScope(policy: Policy, question: PolicyQuestion): ScopeVerdict {
  const scope = decidingScope;
  const configured = scopePolicy(policy, scope);
  const forbidden = (rule: string, reason: string): ScopeVerdict => ({
    scope,
    approvalType: 'forbidden',
    rule,
    reason,
  });
  if (question.clientId === chatClientId) {
    return forbidden('builtin.chat', 'The chat agent can never decide requests. Decide them in the dashboard.');
  }
  if (configured.otherwise !== 'self') {
    return forbidden(`scopes.${scope}.otherwise`, 'The policy lets nobody decide requests through a client.');
  }
  if (!isApproverRole(policy, question.roles)) {
    return forbidden(
      'builtin.approvers',
      'Only approvers can decide requests, and the policy does not name you as one.',
    );
  }
  return judgeOwnConsent(configured, question, scope);
}
