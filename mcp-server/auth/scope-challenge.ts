import type { ScopeChallengeHandler } from '@modelcontextprotocol/server';
import { callDigest } from '../../activities/store/call-digest.ts';
import type { Authority } from '../ports.ts';
import { callEntry } from './call-entry.ts';
import { claimCallId, recordPermit, recordRefusal, recordUnavailable } from './call-permits.ts';
import { callerOf } from './caller.ts';
import { judgeCall } from './judge-call.ts';

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
 * becomes 403 `insufficient_scope`.
 */
export function scopeChallenge(
  authority: Authority,
  resource: string,
  { name: toolName, scope: ownScope, readOnly }: JudgedTool,
): ScopeChallengeHandler {
  return async ({ request, authInfo }) => {
    const caller = callerOf(authInfo);
    const { policy } = caller;
    const argumentDigest = callDigest({ server: resource, tool: toolName, arguments: argumentsOf(request.params) });
    claimCallId(request.id);
    try {
      const requiredScope =
        (Object.hasOwn(policy.tools, toolName) ? policy.tools[toolName]?.scope : undefined) ?? ownScope;
      let { held } = caller;
      let begun = Promise.resolve(true);
      let verdict = judgeCall(policy, caller, held, toolName, requiredScope);
      while (verdict.allowed && verdict.grantId !== undefined) {
        const { grantId } = verdict;
        const permit = { caller, toolName, scope: verdict.scope, grantId, argumentDigest };
        begun = authority.startCall({ grantId, entry: callEntry('tool.called', permit), synced: !readOnly });
        // Nothing of a call that only reads is handed out before it is known to have begun: that is awaited then.
        begun.catch(() => undefined);
        if (readOnly || (await begun)) break;
        // The grant ended since it was read: judge by what is left.
        held = held.filter((live) => live.grantId !== grantId);
        verdict = judgeCall(policy, caller, held, toolName, requiredScope);
      }
      if (verdict.allowed) {
        const { scope, grantId } = verdict;
        recordPermit(request.id, { caller, toolName, scope, grantId, argumentDigest, begun });
        return undefined;
      }
      await authority.audit({
        type: 'tool.refused',
        actor: caller.person.subject,
        subject: caller.person.subject,
        clientId: caller.clientId,
        scopes: [requiredScope],
        data: {
          tool: toolName,
          argument_digest: argumentDigest,
          approval_type: verdict.error.approval_type,
          jti: caller.jti,
        },
      });
      recordRefusal(verdict.error);
      return { scopes: verdict.challengeScopes, errorDescription: `${toolName} needs the scope ${requiredScope}` };
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
