import { denyingRule, evaluatePolicy } from '../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../workflows/domain/policy.ts';
import type { CallRules } from './ports.ts';

/** {@link CallRules} of a policy for one person and client. Pure. */
export function policyRules(
  policy: Policy,
  person: { roles: readonly string[]; disabled: boolean },
  client: { clientId: string; clientVerified: boolean },
): CallRules {
  return {
    scopeOf: (toolName) => (Object.hasOwn(policy.tools, toolName) ? policy.tools[toolName]?.scope : undefined),
    approvalType: (scope) => {
      // A tool may need a scope that an edited policy no longer knows; nobody can get that one.
      if (person.disabled || !Object.hasOwn(policy.scopes, scope)) return 'denied';
      const question = { roles: person.roles, disabled: person.disabled, ...client, scopes: [scope] };
      if (denyingRule(policy, question, scope) !== undefined) return 'denied';
      return evaluatePolicy(policy, question).approvalType;
    },
  };
}
