import { ProtocolError, ProtocolErrorCode, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';
import { callerOf, type Caller } from '../auth/caller.ts';
import { requireTasks } from './extension.ts';
import type { ParkedCall } from './ports.ts';
import { withheld } from './refused-task.ts';
import { settleCall, type SettleDeps } from './settle-call.ts';
import { taskView } from './task-view.ts';

const params = z.object({ taskId: z.string().max(128) });

/** `tasks/get`, `tasks/update` and `tasks/cancel` of the tasks extension, for each task's own person and client. */
export function serveTasks(server: McpServer, deps: SettleDeps): void {
  const find = async (caller: Caller, taskId: string): Promise<ParkedCall> => {
    const call = await deps.tasks.find({ subject: caller.person.subject, clientId: caller.clientId }, taskId);
    if (call === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such task.');
    return call;
  };
  /** The call runs under whoever asks after it, with the token they ask with. */
  server.server.setRequestHandler('tasks/get', { params }, async ({ taskId }, context) => {
    requireTasks(context.mcpReq.envelope);
    const caller = callerOf(context.http?.authInfo);
    const statusMessage = await settleCall(deps, caller, await find(caller, taskId)).catch(asProtocolError);
    const found = await find(caller, taskId);
    const instead = await withheld(deps, caller, found).catch(asProtocolError);
    return taskView(instead === undefined ? found : { ...found, result: { ...instead } }, statusMessage);
  });
  server.server.setRequestHandler('tasks/update', { params: params.loose() }, async ({ taskId }, context) => {
    requireTasks(context.mcpReq.envelope);
    // Nothing is ever asked of the client: answers to nothing are let go.
    await find(callerOf(context.http?.authInfo), taskId);
    return {};
  });
  server.server.setRequestHandler('tasks/cancel', { params }, async ({ taskId }, context) => {
    requireTasks(context.mcpReq.envelope);
    const call = await find(callerOf(context.http?.authInfo), taskId);
    // The request stays: other calls may wait for it, and its person can withdraw it.
    await deps.tasks.cancel(call.taskId);
    return {};
  });
}

function asProtocolError(error: unknown): never {
  const message = error instanceof DomainError ? error.message : 'The task cannot be looked at right now. Try again.';
  throw new ProtocolError(ProtocolErrorCode.InternalError, message);
}
