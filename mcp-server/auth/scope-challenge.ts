import type { ScopeChallengeHandler } from '@modelcontextprotocol/server';
import { callDigest } from '../../activities/store/call-digest.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { Authority } from '../ports.ts';
import { callEntry } from './call-entry.ts';
import { claimCallId, recordPermit, recordRefusal, recordUnavailable } from './call-permits.ts';
import { callerOf } from './caller.ts';
import { heldScopes } from './held-scopes.ts';
import { judgeCall } from './judge-call.ts';

/**
 * Judges every call of one tool against the database and the live policy, before it runs. A refusal is audited and
 * becomes 403 `insufficient_scope`.
 *
 * @param ownScope the scope that the tool needs unless the policy says otherwise.
 */
export function scopeChallenge(
  authority: Authority,
  resource: string,
  toolName: string,
  ownScope: string,
): ScopeChallengeHandler {
  return async ({ request, authInfo }) => {
    const caller = callerOf(authInfo);
    const argumentDigest = callDigest({ server: resource, tool: toolName, arguments: argumentsOf(request.params) });
    claimCallId(request.id);
    try {
      // Most calls of such a tool need what it holds: not asked one after the other.
      const [policy, early] = await Promise.all([
        authority.policy(),
        isElevated(ownScope) ? heldScopes(authority, caller) : undefined,
      ]);
      const requiredScope =
        (Object.hasOwn(policy.tools, toolName) ? policy.tools[toolName]?.scope : undefined) ?? ownScope;
      let held = isElevated(requiredScope) ? (early ?? (await heldScopes(authority, caller))) : [];
      let verdict = judgeCall(policy, caller, held, toolName, requiredScope);
      while (verdict.allowed && verdict.grantId !== undefined) {
        const { grantId } = verdict;
        const permit = { caller, toolName, scope: verdict.scope, grantId, argumentDigest };
        if (await authority.startCall(grantId, callEntry('tool.called', permit))) break;
        // The grant ended since it was read: judge by what is left.
        held = held.filter((live) => live.grantId !== grantId);
        verdict = judgeCall(policy, caller, held, toolName, requiredScope);
      }
      if (verdict.allowed) {
        recordPermit(request.id, { caller, toolName, scope: verdict.scope, grantId: verdict.grantId, argumentDigest });
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
