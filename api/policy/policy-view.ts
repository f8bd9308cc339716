import type { PolicyActivationRow } from '../../activities/store/policy-history.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { toolSecurityLevel } from '../../workflows/domain/security-level.ts';
import type { PolicyView } from '../contract/policy.ts';

/** What is live, as people read it. Pure. @param holders of the approver roles, in the order of the scopes */
export function policyView(
  { version, policy, activatedAt, sourceDigest }: PolicyActivationRow,
  activatedBy: string | null,
  holders: readonly number[],
  now: Date,
): PolicyView {
  return {
    version,
    activated_at: activatedAt.toISOString(),
    activated_by: activatedBy,
    source_digest: sourceDigest,
    scopes: Object.entries(policy.scopes).map(([scope, entry], index) => ({
      scope,
      description: entry.description,
      risk: entry.risk,
      resource: entry.resource,
      granted_at_once_to: [...entry.grantedAtOnceTo],
      otherwise: entry.otherwise,
      approvers: [...entry.approverRoles],
      approvers_now: holders[index] ?? 0,
      justification: entry.justification,
      request_ttl_seconds: Math.round(entry.requestTtlMs / 1_000),
      grant_ttl_seconds: Math.round(entry.grantTtlMs / 1_000),
      max_grant_ttl_seconds: Math.round(entry.maxGrantTtlMs / 1_000),
      binding: entry.binding,
      tools: toolsOf(policy, scope),
    })),
    tools: Object.entries(policy.tools).map(([name, tool]) => ({
      name,
      scope: tool.scope,
      risk: (Object.hasOwn(policy.scopes, tool.scope) ? policy.scopes[tool.scope]?.risk : undefined) ?? 'critical',
      security_level: toolSecurityLevel(policy, name, tool.scope),
      hosted: tool.hosted !== false,
    })),
    resources: Object.entries(policy.resources ?? {}).map(([resource, { identifier, name }]) => ({
      resource,
      identifier,
      name,
    })),
    deny: policy.deny.map(({ scopes, roles, clients, reason }) => ({
      scopes: [...scopes],
      roles: [...roles],
      clients: [...clients],
      reason,
    })),
    now: now.toISOString(),
  };
}

function toolsOf(policy: Policy, scope: string): string[] {
  return Object.entries(policy.tools).flatMap(([name, tool]) => (tool.scope === scope ? [name] : []));
}
