import { randomUUID } from 'node:crypto';
import { recordParked, type InBandRefusal } from '../auth/call-permits.ts';
import type { Asked } from '../authorization/still-refused.ts';
import { canKeepArguments } from './limits.ts';
import type { TaskStore } from './ports.ts';
import { taskView } from './task-view.ts';
import { waitingWords } from './waiting-words.ts';

/** How long a result is kept after the last moment at which its request could be decided. */
const keptMs = 60 * 60 * 1_000;
const unknownEndMs = 24 * 60 * 60 * 1_000;

/** Makes a call that has been asked for a task. @returns false when there are too many, it is too large, or there is nothing to wait for */
export async function parkCall(
  store: TaskStore,
  { caller, toolName, args, argumentDigest }: InBandRefusal,
  asked: Asked,
  issuer: string,
): Promise<boolean> {
  if (asked.approval_request_id === undefined || asked.approval_url === undefined) return false;
  if (!canKeepArguments(args)) return false;
  const end = asked.expires_at === undefined ? Date.now() + unknownEndMs : Date.parse(asked.expires_at);
  const call = await store.park(
    { subject: caller.person.subject, clientId: caller.clientId },
    {
      taskId: `task_${randomUUID()}`,
      requestId: asked.approval_request_id,
      toolName,
      args,
      argumentDigest,
      expiresAt: new Date(end + keptMs),
    },
  );
  if (call === undefined) return false;
  recordParked({ resultType: 'task', ...taskView(call, waitingWords(issuer, call)) });
  return true;
}
