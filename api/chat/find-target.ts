import { listMessages, type ChatMessage } from '../../activities/store/chat-messages.ts';
import type { Db } from '../../activities/store/connect.ts';
import { listCalls, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

/**
 * The call a person means when they ask for approval: of that message, else the newest that waits or was turned away.
 *
 * @throws {DomainError} `invalid_request` when nothing waits
 */
export async function findAskableCall(db: Db, sessionId: string, messageId: string | undefined): Promise<ToolCall> {
  const calls = (await listCalls(db, { sessionId })).filter(
    (call) => call.required_scopes.length > 0 && (messageId === undefined || call.message_id === messageId),
  );
  const found =
    calls.findLast(({ status }) => status === 'parked') ??
    calls.findLast(
      ({ status }) =>
        status === 'denied' || status === 'expired' || status === 'cancelled' || status === 'scope_unavailable',
    );
  if (found === undefined) {
    throw new DomainError('invalid_request', 'Nothing in this conversation waits for an approval.');
  }
  return found;
}

/**
 * The message a person wants retried: a reply, the reply to a message of theirs, or that message when it has none.
 *
 * @throws {DomainError} `not_found`
 */
export async function findRetryable(db: Db, sessionId: string, messageId: string | undefined): Promise<ChatMessage> {
  const messages = await listMessages(db, sessionId);
  const named = messageId === undefined ? messages.at(-1) : messages.find(({ message_id }) => message_id === messageId);
  if (named === undefined) throw new DomainError('not_found', 'There is no such message in this conversation.');
  if (named.role === 'assistant') return named;
  return messages.find(({ reply_to }) => reply_to === named.message_id) ?? named;
}
