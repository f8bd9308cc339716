import { z } from 'zod';
import { securityLevels, toolSecurityLevel } from '../../../workflows/domain/security-level.ts';
import type { Policy } from '../../../workflows/domain/policy.ts';
import type { PolicySource } from '../../ports.ts';
import type { Tool } from '../../tools/define-tool.ts';
import { asking } from '../asking.ts';
import { defineAuthorizationTool } from '../define-authorization-tool.ts';
import type { AuthorizationApi } from '../ports.ts';
import { AuthorizationToolError } from '../envelope.ts';
import { userId, words } from '../parameters.ts';

/** Asks for what a tool needs, for the caller and their client. */
export function requestAuthorization(
  api: AuthorizationApi,
  options: {
    authority: PolicySource;
    issuer: string;
    offered: () => readonly Tool[];
  },
): Tool {
  return defineAuthorizationTool(api, {
    name: 'request_authorization',
    title: 'Request authorization',
    description:
      'Asks for the scope that a tool needs. What policy grants at once is granted; anything else waits for a person, on the page that is named.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    input: z.strictObject({
      tool_name: z.string().trim().min(1, 'is empty').max(128).describe('The tool that you want to call'),
      reason: words.describe('Why: the person who decides reads it'),
      user_id: userId,
      tool_args: z.record(z.string(), z.unknown()).optional().describe('With what you want to call it'),
    }),
    data: z.object({
      request_id: z.string().optional(),
      tool_name: z.string(),
      tool_args: z.record(z.string(), z.unknown()),
      reason: z.string(),
      security_level: z.enum(securityLevels),
      user_id: z.string(),
      approved: z.boolean(),
      approval_url: z.string().optional(),
      expires_at: z.string().optional(),
      instruction: z.string(),
    }),
    run: async ({ tool_name: toolName, reason, tool_args: toolArgs = {} }, { caller, authorizations }) => {
      const policy = await options.authority.policy();
      const scope = scopeOf(policy, toolName, options.offered());
      if (scope === undefined) {
        throw new AuthorizationToolError(
          'unknown_tool',
          `There is no tool ${toolName} here, and the policy declares none. list_tool_scopes names those that there are.`,
        );
      }
      const answer = await authorizations.ask({
        scopes: [scope],
        tool_name: toolName,
        tool_args: toolArgs,
        justification: reason,
      });
      if (answer.status === 'denied') throw new AuthorizationToolError('forbidden', answer.reason);
      const asked = asking(options.issuer, { toolName, requiredScope: scope }, answer);
      return {
        status: asked.granted ? 'success' : 'authorization_requested',
        data: {
          ...(asked.approval_request_id === undefined ? {} : { request_id: asked.approval_request_id }),
          tool_name: toolName,
          tool_args: toolArgs,
          reason,
          security_level: toolSecurityLevel(policy, toolName, scope) ?? 'MEDIUM',
          user_id: caller.person.email,
          approved: asked.granted,
          ...(asked.approval_url === undefined ? {} : { approval_url: asked.approval_url }),
          ...(asked.expires_at === undefined ? {} : { expires_at: asked.expires_at }),
          instruction: asked.message,
        },
      };
    },
  });
}

/** What the tool needs: as policy has it, else as its server does. Deciding takes a scope of the API. */
function scopeOf(policy: Policy, toolName: string, offered: readonly Tool[]): string | undefined {
  const hosted = offered.find(({ name }) => name === toolName);
  const declared = Object.hasOwn(policy.tools, toolName) ? policy.tools[toolName]?.scope : undefined;
  return hosted?.apiScope ?? declared ?? hosted?.scope;
}
