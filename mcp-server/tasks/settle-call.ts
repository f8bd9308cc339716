import type { CallToolResult } from '@modelcontextprotocol/server';
import { beginCall } from '../auth/begin-call.ts';
import type { Caller } from '../auth/caller.ts';
import { notApproved } from '../authorization/asking.ts';
import type { Authority } from '../ports.ts';
import type { CallRecorder } from '../tools/call-recorder.ts';
import type { Tool } from '../tools/define-tool.ts';
import { failed, toolFailure } from '../tools/tool-failure.ts';
import { keptResult } from './limits.ts';
import type { ParkedCall, TaskStore } from './ports.ts';
import { livingOf, refused } from './refused-task.ts';
import { waitingWords } from './waiting-words.ts';

/** What {@link settleCall} takes. */
export interface SettleDeps {
  tasks: TaskStore;
  authority: Pick<Authority, 'standing' | 'startCall'>;
  recorder: CallRecorder;
  tools: readonly Tool[];
  /** Where people decide. */
  issuer: string;
}

/** Longer than any tool runs: whoever took the call so long ago is gone. */
const lostMs = 60_000;

/**
 * Brings a parked call as far as it can be brought now: runs it once its request is approved, under the grant that came of
 * it and no other, and ends it when it was not. @returns what it waits for
 */
export async function settleCall(deps: SettleDeps, caller: Caller, call: ParkedCall): Promise<string> {
  if (call.result !== null || call.cancelled || call.withdrawn) return 'It has ended.';
  if (call.claimedAt !== null) {
    if (Date.now() - call.claimedAt.getTime() < lostMs) return 'It is running.';
    // One attempt only: whether it has run is not known (RULES 23).
    const lost = failed(
      'internal_error',
      `${call.toolName} began, and how it ended is not known. Look before you repeat it.`,
    );
    await deps.tasks.finish(call.taskId, { ...lost });
    return 'It has ended.';
  }
  const { request } = call;
  switch (request.status) {
    case 'pending':
      return request.deciding ? 'It has been decided, which is taking effect.' : waitingWords(deps.issuer, call);
    case 'cancelled':
      await deps.tasks.cancel(call.taskId);
      return 'The request was withdrawn.';
    case 'denied':
    case 'expired':
      await deps.tasks.finish(call.taskId, {
        ...refused(
          deps,
          caller,
          call,
          (of) => notApproved(of, { ...request, request_id: call.requestId, denial_reason: request.note }).message,
        ),
      });
      return 'It was not approved.';
    case 'approved':
      if (!(await deps.tasks.claim(call.taskId))) return 'It is running.';
      await deps.tasks.finish(call.taskId, { ...keptResult(call.toolName, await run(deps, caller, call)) });
      return 'It has ended.';
    default:
      return request.status satisfies never;
  }
}

/** Never throws: a call that was taken has an end. */
async function run(deps: SettleDeps, caller: Caller, call: ParkedCall): Promise<CallToolResult> {
  const tool = deps.tools.find(({ name }) => name === call.toolName);
  try {
    if (tool?.execute === undefined) return failed('not_found', `There is no tool ${call.toolName} any more.`);
    const { execute } = tool;
    const { toolName, argumentDigest } = call;
    const requiredScope = caller.rules.scopeOf(toolName) ?? tool.scope;
    // What somebody approved since then, they approved for another call.
    const own = (await livingOf(deps, caller)).filter(({ grantId }) => grantId === call.grantId);
    const begun = await beginCall(
      deps.authority,
      { caller, toolName, requiredScope, argumentDigest, readOnly: false },
      own,
    );
    if ('refused' in begun) {
      return refused(
        deps,
        caller,
        call,
        () => `${toolName} was approved, but its grant of ${requiredScope} has ended.`,
      );
    }
    const { permit } = begun;
    return await deps.recorder.record(permit, async () => {
      try {
        // Whoever asks after the task may go away; the call goes on.
        return await execute(call.args, { caller, grantId: permit.grantId, signal: AbortSignal.timeout(lostMs) });
      } catch (error) {
        return toolFailure(error, (unexpected) => deps.recorder.unexpected(toolName, unexpected));
      }
    });
  } catch (error) {
    return toolFailure(error, (unexpected) => deps.recorder.unexpected(call.toolName, unexpected));
  }
}
