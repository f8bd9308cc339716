import type { Db } from '../activities/store/connect.ts';
import {
  cancelTask,
  claimTask,
  findTask,
  finishTask,
  insertTask,
  type StoredTask,
} from '../activities/store/mcp-tasks.ts';
import { publicStatus } from '../workflows/domain/request-status.ts';
import type { ParkedCall, TaskStore } from './tasks/ports.ts';

/** Parked calls in the product's database. */
export function storeTasks(db: Db, now: () => Date = () => new Date()): TaskStore {
  return {
    park: async (owner, { args, ...call }) => {
      const parked = await insertTask(db, { ...owner, ...call, toolArgs: args }, now());
      const stored = parked ? await findTask(db, { ...owner, taskId: call.taskId }, now()) : undefined;
      return stored && parkedCall(stored);
    },
    find: async (owner, taskId) => {
      const stored = await findTask(db, { ...owner, taskId }, now());
      return stored && parkedCall(stored);
    },
    claim: (taskId) => claimTask(db, taskId, now()),
    finish: (taskId, result) => finishTask(db, taskId, result, now()),
    cancel: (taskId) => cancelTask(db, taskId, now()),
  };
}

function parkedCall(stored: StoredTask): ParkedCall {
  return {
    taskId: stored.task_id,
    requestId: stored.request_id,
    request: {
      status: publicStatus(stored.request_status),
      deciding: stored.deciding,
      note: stored.decision_note,
      ownConsent: stored.approval_type === 'self',
    },
    grantId: stored.grant_id,
    toolName: stored.tool_name,
    args: stored.tool_args,
    argumentDigest: stored.argument_digest,
    createdAt: stored.created_at,
    updatedAt: stored.updated_at,
    expiresAt: stored.expires_at,
    claimedAt: stored.claimed_at,
    result: stored.result,
    cancelled: stored.cancelled_at !== null,
    withdrawn: stored.withdrawn_at !== null,
  };
}
