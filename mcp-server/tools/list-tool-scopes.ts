import { z } from 'zod';
import { risks, type Policy } from '../../workflows/domain/policy.ts';
import { securityLevels, toolSecurityLevel } from '../../workflows/domain/security-level.ts';
import type { Caller } from '../auth/caller.ts';
import type { PolicySource } from '../ports.ts';
import { defineTool, offeredTo, type Tool } from './define-tool.ts';

/** Says which scope each tool needs and how the caller would get it. */
export function listToolScopes(source: PolicySource, offered: () => readonly OfferedTool[]): Tool {
  return defineTool({
    name: 'list_tool_scopes',
    title: 'Tools and their scopes',
    description:
      'Which scope each tool needs, how risky it is, and how you would get it: at once, by your own consent, by an approval, or not at all.',
    scope: 'none',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    input: z.object({}),
    output: z.object({
      tools: z.array(
        z.object({
          tool: z.string(),
          scope: z.string(),
          description: z.string(),
          risk: z.enum(risks),
          security_level: z.enum(securityLevels).nullable(),
          /** False for tools of other servers that the policy declares. */
          hosted: z.boolean(),
          approval_type: z.enum(['auto', 'self', 'admin_required', 'forbidden']),
        }),
      ),
    }),
    run: async (_args, { caller }) => {
      const policy = await source.policy();
      const own = offeredTo(offered(), caller.clientId);
      const declared = Object.entries(policy.tools)
        .filter(([name, { hosted }]) => hosted === false && !own.some((tool) => tool.name === name))
        .map(([name, { scope }]) => ({ name, scope }));
      return {
        tools: [
          ...own.map((tool) => describe(policy, caller, tool, true)),
          ...declared.map((tool) => describe(policy, caller, tool, false)),
        ],
      };
    },
  });
}

type OfferedTool = Pick<Tool, 'name' | 'scope' | 'apiScope' | 'othersOnly'>;

function describe(policy: Policy, caller: Caller, tool: OfferedTool, hosted: boolean) {
  const scope =
    (Object.hasOwn(policy.tools, tool.name) ? policy.tools[tool.name]?.scope : undefined) ??
    tool.apiScope ??
    tool.scope;
  const level = { security_level: toolSecurityLevel(policy, tool.name, scope), hosted };
  const known = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
  if (known === undefined) {
    return {
      tool: tool.name,
      scope,
      description: 'The policy does not know this scope.',
      risk: 'critical' as const,
      ...level,
      approval_type: 'forbidden' as const,
    };
  }
  const approvalType = caller.rules.approvalType(scope);
  return {
    tool: tool.name,
    scope,
    description: known.description,
    risk: known.risk,
    ...level,
    approval_type: approvalType === 'denied' ? ('forbidden' as const) : approvalType,
  };
}
