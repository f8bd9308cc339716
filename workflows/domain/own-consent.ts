import type { Person } from './approvers.ts';
import type { DecisionStatement } from './decision.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import type { Policy } from './policy.ts';

/** How long ago a sign-in may be to count as fresh, where policy does not say. */
export const defaultFreshSignInMs = 5 * 60 * 1_000;

/** How long a request waits for its requester's own consent, where policy does not say. */
export const defaultSelfRequestTtlMs = 10 * 60 * 1_000;

/** How long a request waits for what a built-in rule leaves to its requester. */
export function selfRequestTtlMs(policy: Pick<Policy, 'selfRequestTtlMs'>): number {
  return policy.selfRequestTtlMs ?? defaultSelfRequestTtlMs;
}

/** The request as far as it matters for whether its requester may consent to it. */
export interface ConsentableRequest {
  subject: string;
  clientId: string;
  scopes: readonly string[];
}

/** How fresh a sign-in has to be to consent to these scopes: as fresh as the strictest of them says. */
export function freshSignInMs(policy: Policy, scopes: readonly string[]): number {
  return Math.min(
    defaultFreshSignInMs * 288,
    ...scopes.map((scope) => ruleOf(policy, scope)?.freshSignInMs ?? defaultFreshSignInMs),
  );
}

/** Whether a sign-in of that moment is fresh enough for a consent given at `at`. Times are epoch milliseconds. */
export function isFresh(policy: Policy, scopes: readonly string[], signIn: { at: number; now: number }): boolean {
  return signIn.at <= signIn.now && signIn.now - signIn.at <= freshSignInMs(policy, scopes);
}

/**
 * Why somebody's own consent does not decide a request, or `undefined` when it does: only the requester's, only while
 * live policy leaves every scope to them, only shortly after they signed in. Refusing takes none of the latter two.
 */
export function whyNotOwnConsent(
  policy: Policy,
  person: Person,
  request: ConsentableRequest,
  statement: Pick<DecisionStatement, 'verdict' | 'iat' | 'auth_time'>,
): 'not_approver' | 'forbidden_by_policy' | 'stale_sign_in' | undefined {
  if (person.subject !== request.subject || person.disabled) return 'not_approver';
  if (statement.verdict === 'deny') return undefined;
  if (!leftToRequester(policy, person, request)) return 'forbidden_by_policy';
  if (statement.auth_time === undefined) return 'stale_sign_in';
  const signIn = { at: statement.auth_time * 1_000, now: statement.iat * 1_000 };
  return isFresh(policy, request.scopes, signIn) ? undefined : 'stale_sign_in';
}

function leftToRequester(policy: Policy, person: Person, request: ConsentableRequest): boolean {
  if (request.scopes.some((scope) => ruleOf(policy, scope) === undefined)) return false;
  const { approvalType, scopes } = evaluatePolicy(policy, {
    roles: person.roles,
    disabled: person.disabled,
    clientId: request.clientId,
    scopes: request.scopes,
  });
  // What has come to be granted at once since needs no consent, and is not refused for having one.
  return approvalType === 'self' || scopes.every((verdict) => verdict.approvalType === 'auto');
}

function ruleOf(policy: Policy, scope: string) {
  return Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
}
