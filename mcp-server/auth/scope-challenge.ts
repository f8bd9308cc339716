import type { ScopeChallengeHandler } from '@modelcontextprotocol/server';
import { callDigest } from '../../activities/store/call-digest.ts';
import type { Authority } from '../ports.ts';
import { beginCall } from './begin-call.ts';
import { claimCallId, recordInBand, recordPermit, recordRefusal, recordUnavailable } from './call-permits.ts';
import { callerOf } from './caller.ts';

/** A tool as far as its calls are judged. */
export interface JudgedTool {
  name: string;
  /** What it needs unless the policy says otherwise. */
  scope: string;
  /** Changes nothing, so that it may run while its beginning is being recorded. */
  readOnly: boolean;
}

/**
 * Judges every call of one tool against the database and the live policy, before it runs. A refusal is audited and
 * becomes 403 `insufficient_scope`, or, for clients that get theirs in band, is left to the tool's result.
 */
export function scopeChallenge(
  authority: Authority,
  resource: string,
  { name: toolName, scope: ownScope, readOnly }: JudgedTool,
): ScopeChallengeHandler {
  return async ({ request, authInfo }) => {
    const caller = callerOf(authInfo);
    const { policy } = caller;
    const args = argumentsOf(request.params);
    const argumentDigest = callDigest({ server: resource, tool: toolName, arguments: args });
    claimCallId(request.id);
    try {
      const requiredScope =
        (Object.hasOwn(policy.tools, toolName) ? policy.tools[toolName]?.scope : undefined) ?? ownScope;
      const asked = { caller, toolName, requiredScope, argumentDigest, readOnly };
      const begun = await beginCall(authority, asked);
      if ('permit' in begun) {
        recordPermit(request.id, begun.permit);
        return undefined;
      }
      const { error, challengeScopes } = begun.refused;
      await authority.audit({
        type: 'tool.refused',
        actor: caller.person.subject,
        subject: caller.person.subject,
        clientId: caller.clientId,
        scopes: [requiredScope],
        data: {
          tool: toolName,
          argument_digest: argumentDigest,
          approval_type: error.approval_type,
          jti: caller.jti,
          ...(caller.inBand ? { in_band: true } : {}),
        },
      });
      if (caller.inBand) {
        recordInBand(request.id, { ...asked, error, args });
        return undefined;
      }
      recordRefusal(error);
      return { scopes: challengeScopes, errorDescription: `${toolName} needs the scope ${requiredScope}` };
    } catch (error) {
      recordUnavailable();
      throw error;
    }
  };
}

function argumentsOf(params: unknown): Record<string, unknown> {
  const given = typeof params === 'object' && params !== null && 'arguments' in params ? params.arguments : undefined;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : {};
}
