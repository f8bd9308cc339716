import { findMessage, findReply, type ChatMessage } from '../../activities/store/chat-messages.ts';
import type { Db } from '../../activities/store/connect.ts';
import { listCalls, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ChatReply } from '../contract/chat.ts';
import { replyView, viewContext } from './conversation-view.ts';
import type { ChatDeps } from './deps.ts';

/** Which reply is waited for: the one to a user message, or that message itself. */
export type AwaitedReply = { replyTo: string } | { messageId: string };

const waitMs = 60_000;
const pollMs = 250;

/**
 * Waits until a turn has ended or paused. Events of the conversation are the hint, the poll is the truth.
 *
 * @throws {DomainError} `temporarily_unavailable` after a minute; the turn goes on and shows in the history.
 */
export async function waitForReply(deps: ChatDeps, sessionId: string, awaited: AwaitedReply): Promise<ChatReply> {
  const deadline = Date.now() + waitMs;
  let ring: () => void = () => undefined;
  const unsubscribe = deps.feed.subscribe((event) => {
    if (event.kind === 'chat_session' && event.id === sessionId) ring();
  });
  try {
    while (Date.now() < deadline) {
      // Armed before reading, so that a change right after the reading is not slept over.
      const changed = new Promise<void>((resolve) => {
        ring = resolve;
      });
      const message =
        'replyTo' in awaited
          ? await findReplyOrStopped(deps.db, awaited.replyTo)
          : await findMessage(deps.db, awaited.messageId);
      if (message !== undefined) {
        const calls = await listCalls(deps.db, { messageId: message.message_id });
        if (hasSettled(message, calls)) return replyView(message, calls, await viewContext(deps.db, calls, deps.now()));
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
async function findReplyOrStopped(db: Db, messageId: string): Promise<ChatMessage | undefined> {
  const [reply, asked] = await Promise.all([findReply(db, messageId), findMessage(db, messageId)]);
  if (asked === undefined) throw new DomainError('not_found', 'This conversation has been deleted.');
  return reply ?? (asked.status === 'stopped' ? asked : undefined);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
