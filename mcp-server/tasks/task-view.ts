import type { ParkedCall } from './ports.ts';

/** Deciding is for people; asking more often brings nothing. */
const pollIntervalMs = 2_000;

type TaskStatus = 'working' | 'completed' | 'cancelled';

/** A task as `tasks/get` answers it. Pure. */
export function taskView(call: ParkedCall, statusMessage: string): Record<string, unknown> & { status: TaskStatus } {
  const status = call.cancelled ? 'cancelled' : call.result === null ? 'working' : 'completed';
  return {
    taskId: call.taskId,
    status,
    ...(call.result === null || call.cancelled
      ? { statusMessage }
      : { result: { resultType: 'complete', ...call.result } }),
    createdAt: call.createdAt.toISOString(),
    lastUpdatedAt: call.updatedAt.toISOString(),
    ttlMs: call.expiresAt.getTime() - call.createdAt.getTime(),
    pollIntervalMs,
  };
}
