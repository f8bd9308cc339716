import { findMessage, findReply, type ChatMessage } from '../../activities/store/chat-messages.ts';
import type { Db } from '../../activities/store/connect.ts';
import { listCalls, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ChatReply } from '../contract/chat.ts';
import { replyView, viewContext } from './conversation-view.ts';
import type { ChatDeps } from './deps.ts';

/** Which reply is waited for: the one to a user message, or that message itself. */
export type AwaitedReply = { replyTo: string } | { messageId: string };

/** Somebody who waits for a reply. */
interface Waiting {
  /** How long at most. */
  forMs: number;
  /** Told of the reply as it stands, each time it may have changed. */
  onReply?: (reply: ChatReply, message: ChatMessage) => void;
  /** Ends the waiting; then there is no answer. */
  signal?: AbortSignal;
}

const pollMs = 250;

/**
 * Waits until a turn has ended or paused. Events of the conversation are the hint, the poll is the truth.
 *
 * @throws {DomainError} `temporarily_unavailable` when it takes longer; the turn goes on and shows in the history.
 * @throws the reason of `signal`
 */
export async function waitForReply(
  deps: ChatDeps,
  sessionId: string,
  awaited: AwaitedReply,
  waiting: Waiting = { forMs: 60_000 },
): Promise<ChatReply> {
  const deadline = Date.now() + waiting.forMs;
  let ring: () => void = () => undefined;
  const unsubscribe = deps.feed.subscribe((event) => {
    if (event.kind === 'chat_session' && event.id === sessionId) ring();
  });
  try {
    while (Date.now() < deadline) {
      waiting.signal?.throwIfAborted();
      // Armed before reading, so that a change right after the reading is not slept over.
      const changed = new Promise<void>((resolve) => {
        ring = resolve;
      });
      const message = await findAwaited(deps.db, awaited);
      if (message !== undefined) {
        const calls = await listCalls(deps.db, { messageId: message.message_id });
        const settled = hasSettled(message, calls);
        if (settled || waiting.onReply !== undefined) {
          const reply = replyView(message, calls, await viewContext(deps.db, calls, deps.now(), deps.issuer));
          if (settled) return reply;
          waiting.onReply?.(reply, message);
        }
      }
      await Promise.race([changed, pause(pollMs)]);
    }
  } finally {
    unsubscribe();
  }
  throw new DomainError(
    'temporarily_unavailable',
    'This takes longer than usual. Nothing is lost: the answer will appear in the conversation.',
    {
      details: { session_id: sessionId, retry_after: 10 },
    },
  );
}

/** The turn has ended, or pauses for a person; a call that was released or ended meanwhile still has to be taken up. */
export function hasSettled(message: ChatMessage, calls: readonly ToolCall[]): boolean {
  if (message.status === 'completed' || message.status === 'failed' || message.status === 'stopped') return true;
  if (message.status !== 'awaiting_authorization') return false;
  const waiting = calls.some(({ status }) => status === 'parked');
  return waiting && !calls.some(({ status }) => status === 'proposed' || status === 'ready' || status === 'running');
}

/** A message that was stopped before its turn is all the answer there will be. */
async function findAwaited(db: Db, awaited: AwaitedReply): Promise<ChatMessage | undefined> {
  const [named, reply] = await Promise.all([
    findMessage(db, 'replyTo' in awaited ? awaited.replyTo : awaited.messageId),
    'replyTo' in awaited ? findReply(db, awaited.replyTo) : undefined,
  ]);
  if (named === undefined) throw new DomainError('not_found', 'This conversation has been deleted.');
  if (!('replyTo' in awaited)) return named;
  return reply ?? (named.status === 'stopped' ? named : undefined);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
