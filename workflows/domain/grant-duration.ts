import type { Policy } from './policy.ts';

/** How long a grant of a set of scopes lives when nobody says otherwise, and at most. Whole seconds. */
export interface GrantBounds {
  usualSeconds: number;
  maxSeconds: number;
}

/** Several scopes live as long as the shortest. A scope that the policy does not know bounds nothing: it is forbidden. */
export function grantBounds(policy: Policy, scopes: readonly string[]): GrantBounds {
  const rules = scopes.flatMap((scope) => {
    const rule = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
    return rule === undefined ? [] : [rule];
  });
  const maxSeconds = wholeSeconds(Math.min(...rules.map(({ maxGrantTtlMs }) => maxGrantTtlMs)));
  const usualSeconds = wholeSeconds(Math.min(...rules.map(({ grantTtlMs }) => grantTtlMs)));
  return { usualSeconds: Math.min(usualSeconds, maxSeconds), maxSeconds };
}

/** How long a grant lives for which this was asked or approved: never longer than policy's maximum. */
export function grantSeconds(policy: Policy, scopes: readonly string[], durationSeconds: number | null): number {
  const { usualSeconds, maxSeconds } = grantBounds(policy, scopes);
  return Math.min(durationSeconds ?? usualSeconds, maxSeconds);
}

/** Whether policy allows a grant of these scopes to live that long. */
export function fitsMaximum(policy: Policy, scopes: readonly string[], durationSeconds: number): boolean {
  return durationSeconds <= grantBounds(policy, scopes).maxSeconds;
}

/** A policy's durations are one second at least; no known scope gives no time at all. */
function wholeSeconds(ms: number): number {
  return Number.isFinite(ms) ? Math.floor(ms / 1_000) : 0;
}
