import type { Policy } from './policy.ts';

/** Roles that mean something without any policy: they open the dashboard (RULES 1). */
const builtInRoles: readonly string[] = ['admin', 'auditor'];

/** Every role that means something under this policy, sorted. `everyone` is no role. */
export function knownRoles(policy: Policy): string[] {
  const named = Object.values(policy.scopes).flatMap(({ grantedAtOnceTo, approverRoles }) => [
    ...grantedAtOnceTo,
    ...approverRoles,
  ]);
  const denied = policy.deny.flatMap(({ roles }) => roles);
  return [...new Set([...builtInRoles, ...named, ...denied])].filter((role) => role !== 'everyone').sort();
}
