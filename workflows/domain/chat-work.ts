import { callHasEnded, type CallStatus } from './call-status.ts';

/** The next thing a conversation's workflow has to do; ids only. */
export type ChatWork =
  /** A message waits for its turn. */
  | { kind: 'begin'; messageId: string }
  /** The model is to say what comes next in a turn. */
  | { kind: 'model'; messageId: string }
  /** A call may be tried. `approved` calls have waited for a person and are tried for longer. */
  | { kind: 'call'; callId: string; approved: boolean }
  /** A turn whose call will never run says so. */
  | { kind: 'finish'; messageId: string }
  /** A call is marked as running, but nobody can be running it any more. */
  | { kind: 'lost'; callId: string }
  | { kind: 'none' }
  /** The conversation has been deleted: its workflow ends. */
  | { kind: 'deleted' };

/** A message as far as it matters for what comes next. */
export interface WorkMessage {
  messageId: string;
  role: 'user' | 'assistant';
  status: 'queued' | 'running' | 'completed' | 'awaiting_authorization' | 'failed' | 'stopped';
}

/** A call as far as it matters for what comes next. Times are epoch milliseconds. */
export interface WorkCall {
  callId: string;
  messageId: string;
  status: CallStatus;
  claimedAt: number | null;
}

/** A claim older than this has lost its runner: runs time out earlier. */
export const claimLifeMs = 180_000;

/** Calls that ended without the outcome coming from the tool: their turns end with a text of ours. */
const endedWithoutTool: readonly CallStatus[] = ['denied', 'expired', 'cancelled', 'scope_unavailable', 'unknown'];

/**
 * Decides what a conversation does next from how it stands in the database: what was begun is finished first, then the
 * oldest message gets its turn. Messages and calls come in the order they were made.
 */
export function nextChatWork(messages: readonly WorkMessage[], calls: readonly WorkCall[], now: number): ChatWork {
  const lost = calls.find((call) => call.status === 'running' && (call.claimedAt ?? 0) < now - claimLifeMs);
  if (lost !== undefined) return { kind: 'lost', callId: lost.callId };

  const runnable = calls.find(({ status }) => status === 'ready') ?? calls.find(({ status }) => status === 'proposed');
  if (runnable !== undefined) return { kind: 'call', callId: runnable.callId, approved: runnable.status === 'ready' };

  for (const message of messages) {
    if (message.role !== 'assistant' || (message.status !== 'running' && message.status !== 'awaiting_authorization'))
      continue;
    const own = calls.filter(({ messageId, status }) => messageId === message.messageId && status !== 'superseded');
    if (own.some(({ status }) => !callHasEnded(status))) continue;
    const last = own.at(-1);
    if (last !== undefined && endedWithoutTool.includes(last.status))
      return { kind: 'finish', messageId: message.messageId };
    return { kind: 'model', messageId: message.messageId };
  }

  const queued = messages.find(({ role, status }) => role === 'user' && status === 'queued');
  return queued === undefined ? { kind: 'none' } : { kind: 'begin', messageId: queued.messageId };
}
