import type { Authority, CallEntry, CallRules, Log, NamedCall } from '../ports.ts';
import type { Introspection } from '../../api/contract/introspection.ts';
import type { Introspect, IntrospectionContext } from './introspection-client.ts';

/** Asks the authorization server; every question is a request, nothing is remembered. */
export function httpAuthority(introspect: Introspect, logger: Log): Authority {
  return {
    standing: async ({ token, call }) => {
      const answer = await introspect(token, call === undefined ? {} : named(call));
      if (!answer.active) return undefined;
      const live = answer.grants.map(({ scope, grant_id: grantId }) => ({ scope, grantId }));
      return {
        person: { subject: answer.sub, email: answer.username, disabled: false },
        rules: rulesOf(answer),
        ended: false,
        live,
        inBand: answer.in_band ? { live } : undefined,
        call: call && answer.call && { ...call, scope: answer.call.scope, grantId: answer.call.grant_id },
      };
    },
    coolDown: async ({ token, scope }) => {
      const answer = await introspect(token, { tool_scope: scope });
      const found = answer.active ? answer.cool_down : undefined;
      if (found === undefined) return undefined;
      const { request_id: requestId, status, reason, until } = found;
      return { requestId, status, reason, until: new Date(until) };
    },
    startCall: async ({ token, entry }) => {
      const answer = await introspect(token, { tool_event: 'called', ...told(entry) });
      return answer.active && answer.call?.allowed === true;
    },
    audit: async ({ entry, token }) => {
      if (entry.type === 'tool.refused') {
        await introspect(token, { tool_event: 'refused', ...told(entry) });
        return;
      }
      // That it began is recorded. How it ended is told behind the answer, which does not wait for it.
      introspect(token, { tool_event: 'finished', ...told(entry) }).catch((error: unknown) => {
        logger.warn({ err: error, tool: entry.data.tool }, 'how a call ended could not be recorded');
      });
    },
  };
}

function named({ toolName, scope, argumentDigest }: NamedCall): IntrospectionContext {
  return { tool_event: 'called', tool_name: toolName, tool_scope: scope, argument_digest: argumentDigest };
}

function told({ scopes, grantId, data }: CallEntry): IntrospectionContext {
  return {
    tool_name: data.tool,
    tool_scope: scopes[0],
    argument_digest: data.argument_digest,
    tool_outcome: data.outcome,
    grant_id: grantId ?? undefined,
    duration_ms: data.duration_ms,
  };
}

/** The authorization server leaves out of `grants` what a deny rule forbids. */
function rulesOf({ tools, approval_types: types }: Extract<Introspection, { active: true }>): CallRules {
  return {
    scopeOf: (toolName) => (Object.hasOwn(tools, toolName) ? tools[toolName] : undefined),
    approvalType: (scope) => (Object.hasOwn(types, scope) ? types[scope] : undefined) ?? 'denied',
  };
}
