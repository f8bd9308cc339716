import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { insertUserMessage, withdrawUserMessage } from '../../activities/store/chat-messages.ts';
import { insertChatSession, ownChatSession } from '../../activities/store/chat-sessions.ts';
import type { postChatSchema } from '../contract/chat.ts';
import type { ChatCaller } from './chat-caller.ts';
import type { ChatDeps } from './deps.ts';
import { wakeSession } from './wake-session.ts';

const longestTitle = 80;

/**
 * Takes a message and starts its turn.
 *
 * @throws {DomainError} `not_found` for a foreign conversation, `not_signed_in`, `temporarily_unavailable` when the
 * auth server or the agent cannot be reached: then the message has not been taken.
 */
export async function postMessage(
  deps: ChatDeps,
  caller: ChatCaller,
  body: z.output<typeof postChatSchema>,
): Promise<{ sessionId: string; messageId: string }> {
  const { subject } = caller.person;
  const existing = body.session_id === undefined ? undefined : await ownChatSession(deps.db, body.session_id, subject);
  // Without the auth server nothing can be done: say so now rather than in the middle of a turn.
  await deps.tokens.token({ subject, resource: deps.apiResource });
  const sessionId = existing?.session_id ?? `chat_${randomUUID()}`;
  const messageId = `msg_${randomUUID()}`;
  await deps.db.transaction().execute(async (trx) => {
    if (existing === undefined) await insertChatSession(trx, { sessionId, subject, title: titleOf(body.message) });
    await insertUserMessage(trx, { messageId, sessionId, content: body.message });
  });
  try {
    await wakeSession(deps.temporal, sessionId, messageId);
  } catch (error) {
    // A wake that did arrive has begun the turn; then there is an answer to wait for.
    if (await deps.db.transaction().execute((trx) => withdrawUserMessage(trx, messageId))) throw error;
  }
  return { sessionId, messageId };
}

function titleOf(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  return line.length <= longestTitle ? line : `${line.slice(0, longestTitle - 1)}…`;
}
