import type { Policy, Risk } from './policy.ts';

/** How much clearance a tool takes, from the least: standard, sensitive, system-level. */
export const securityLevels = ['MEDIUM', 'HIGH', 'CRITICAL'] as const;
/** One of {@link securityLevels}. */
export type SecurityLevel = (typeof securityLevels)[number];

const levelOfRisk: Record<Risk, SecurityLevel | null> = {
  none: null,
  low: 'MEDIUM',
  medium: 'MEDIUM',
  high: 'HIGH',
  critical: 'CRITICAL',
};

/**
 * The security level of a tool under this policy: set for the tool, else from its scope's risk. `null` for what takes
 * no clearance. A scope that the policy does not know counts as critical.
 */
export function toolSecurityLevel(policy: Policy, toolName: string, scope: string): SecurityLevel | null {
  const tool = Object.hasOwn(policy.tools, toolName) ? policy.tools[toolName] : undefined;
  if (tool?.scope === scope && tool.securityLevel !== undefined) return tool.securityLevel;
  const risk = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope]?.risk : undefined;
  return levelOfRisk[risk ?? 'critical'];
}

/**
 * The security level of a request: the highest of its scopes. The level set for its tool stands in only for the scope
 * that this tool needs, so that naming a harmless tool never makes another scope look harmless.
 */
export function requestSecurityLevel(
  policy: Policy,
  request: { toolName: string | null; scopes: readonly string[] },
): SecurityLevel | null {
  const levels = request.scopes.map((scope) => toolSecurityLevel(policy, request.toolName ?? '', scope));
  return securityLevels.findLast((level) => levels.includes(level)) ?? null;
}
