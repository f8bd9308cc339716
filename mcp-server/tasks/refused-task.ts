import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Caller } from '../auth/caller.ts';
import { judgeCall } from '../auth/judge-call.ts';
import { refusalResult } from '../authorization/refusal-result.ts';
import type { Authority, LiveScope } from '../ports.ts';
import type { Tool } from '../tools/define-tool.ts';
import { failed } from '../tools/tool-failure.ts';
import type { ParkedCall } from './ports.ts';

interface Deps {
  authority: Pick<Authority, 'standing'>;
  tools: readonly Tool[];
}

/** What this person and client hold here now: nothing while the client is blocked or a freeze is in force. */
export async function livingOf({ authority }: Pick<Deps, 'authority'>, caller: Caller): Promise<readonly LiveScope[]> {
  const standing = await authority.standing({ token: caller.token(), ...caller.origin, allOfClient: true });
  return standing?.inBand?.live ?? [];
}

/**
 * What is said in place of a result that is kept: it was handed out when its call ran, and is so again only to whoever
 * could make the call at this moment (RULES 15). @returns undefined when it may be handed out
 */
export async function withheld(deps: Deps, caller: Caller, call: ParkedCall): Promise<CallToolResult | undefined> {
  if (call.cancelled) return undefined;
  if (call.withdrawn) {
    return refused(deps, caller, call, ({ toolName, requiredScope }) =>
      call.claimedAt === null
        ? `${toolName} was approved, but its grant of ${requiredScope} has ended.`
        : `The grant of ${requiredScope} has ended under which ${toolName} began: its result is not kept.`,
    );
  }
  // What was not approved has not run: its result says so, and nothing else.
  if (call.result === null || call.request.status !== 'approved') return undefined;
  const scope = scopeOf(deps, caller, call);
  if (judgeCall(caller, await livingOf(deps, caller), call.toolName, scope).allowed) return undefined;
  return refused(
    deps,
    caller,
    call,
    ({ toolName, requiredScope }) =>
      `The result of ${toolName} is not handed out: no grant of ${requiredScope} counts now.`,
  );
}

/** The structured authorization error of a call that did not run, or whose result is withheld. */
export function refused(
  deps: Pick<Deps, 'tools'>,
  caller: Caller,
  call: ParkedCall,
  say: (of: { toolName: string; requiredScope: string }) => string,
): CallToolResult {
  const scope = scopeOf(deps, caller, call);
  const verdict = judgeCall(caller, [], call.toolName, scope);
  const message = say({ toolName: call.toolName, requiredScope: scope });
  if (verdict.allowed) return failed('insufficient_scope', message);
  return refusalResult({ ...verdict.error, message, approval_request_id: call.requestId });
}

function scopeOf({ tools }: Pick<Deps, 'tools'>, caller: Caller, { toolName }: ParkedCall): string {
  return caller.rules.scopeOf(toolName) ?? tools.find(({ name }) => name === toolName)?.scope ?? 'none';
}
