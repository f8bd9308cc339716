import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  ActivityFailure,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChatActivities, SessionWork } from '../activities/chat/types.ts';
import type { TurnFailure } from './domain/chat-endings.ts';
import type { ChatWork } from './domain/chat-work.ts';
import { messagePostedSignal, scopeResolvedSignal } from './messages.ts';
import { taskQueues } from './task-queues.ts';

/** Short reads and writes of the database, done beside the workflow. */
const session = proxyLocalActivities<SessionWork>({ startToCloseTimeout: '10s', retry: { maximumInterval: '10s' } });

/** One model step may be repeated: it proposes, it does not act. */
const { modelStep } = proxyActivities<ChatActivities>({
  taskQueue: taskQueues.chat,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '5s',
  retry: { maximumAttempts: 3, initialInterval: '500ms', nonRetryableErrorTypes: ['not_signed_in'] },
});

/** A tool call is tried once; a crash shows within seconds and is reported, never silently repeated (RULES 23). */
const { runCall } = proxyActivities<ChatActivities>({
  taskQueue: taskQueues.chat,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

const idleTime = '10m';
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Tries of a call that cannot reach its server: few while somebody looks at it, many once a person has approved it. */
const tries = { proposed: 3, approved: 40 };

/**
 * One conversation. The database holds what was said and what waits; this workflow drives it, one piece of work at a
 * time. Signals only wake it. It ends when there has been nothing to do for a while, also with calls parked:
 * signal-with-start brings it back. It ends at once when the conversation is deleted.
 */
export async function chatSession(input: { sessionId: string }): Promise<void> {
  let woken = false;
  const wake = (): void => {
    woken = true;
  };
  /** Calls known to be ready without asking the database, which has the last word when they are claimed. */
  const ready: string[] = [];
  setHandler(messagePostedSignal, wake);
  setHandler(scopeResolvedSignal, ({ callIds = [] }) => {
    ready.push(...callIds);
    wake();
  });

  const failures = new Map<string, number>();
  for (;;) {
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof chatSession>(input);
    }
    woken = false;
    const callId = ready.shift();
    const work: ChatWork =
      callId === undefined ? await session.findChatWork(input) : { kind: 'call', callId, approved: true };
    if (work.kind === 'deleted') {
      await condition(allHandlersFinished);
      return;
    }
    if (work.kind !== 'none') {
      const pauseMs = await drive(work, failures);
      if (pauseMs > 0) await condition(() => woken, pauseMs);
      continue;
    }
    await condition(() => woken, idleTime);
    // Signals of an activation come before its timers: what arrived with the timeout still counts.
    if (woken) continue;
    await condition(allHandlersFinished);
    return;
  }
}

/** Does one piece of work. @returns how long to wait before looking for the next, in milliseconds. */
async function drive(
  work: Exclude<ChatWork, { kind: 'none' | 'deleted' }>,
  failures: Map<string, number>,
): Promise<number> {
  switch (work.kind) {
    case 'begin':
      await session.beginChatTurn(work);
      return 0;
    case 'finish':
      await session.finishChatTurn(work);
      return 0;
    case 'lost':
      await session.settleChatCall({ callId: work.callId, giveUp: false });
      return 0;
    case 'model':
      try {
        await modelStep({ messageId: work.messageId });
      } catch (error) {
        await session.failChatTurn({ messageId: work.messageId, failure: turnFailure(error) });
      }
      return 0;
    case 'call':
      return tryCall(work, failures);
    default:
      return work satisfies never;
  }
}

async function tryCall(work: Extract<ChatWork, { kind: 'call' }>, failures: Map<string, number>): Promise<number> {
  const broken = (failures.get(work.callId) ?? 0) + 1;
  const giveUp = broken >= (work.approved ? tries.approved : tries.proposed);
  try {
    const { outcome } = await runCall({ callId: work.callId });
    if (outcome === 'done') return 0;
    if (giveUp) await session.settleChatCall({ callId: work.callId, giveUp });
  } catch {
    // The attempt was cut off: only the database knows whether the call had been claimed.
    await session.settleChatCall({ callId: work.callId, giveUp });
  }
  failures.set(work.callId, broken);
  return giveUp ? 0 : Math.min(firstPauseMs * 2 ** (broken - 1), longestPauseMs);
}

function turnFailure(error: unknown): TurnFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  return type === 'not_signed_in' || type === 'temporarily_unavailable' ? type : 'internal_error';
}
