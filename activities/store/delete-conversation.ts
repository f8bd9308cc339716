import { chatClientId } from '../../workflows/domain/clients.ts';
import { appendAudit } from './audit.ts';
import type { ChatSession } from './chat-sessions.ts';
import type { DbOrTrx } from './connect.ts';
import { announce } from './events.ts';
import { recordWithdrawal } from './requests.ts';

/**
 * Deletes a conversation with everything said and called in it, and withdraws what it still asks for; audited. The
 * withdrawals want to be delivered; those that are not, the sweeper delivers. Call it in a transaction.
 *
 * @returns the requests that were withdrawn.
 */
export async function deleteConversation(trx: DbOrTrx, session: ChatSession, at: Date): Promise<string[]> {
  const { session_id: sessionId, subject } = session;
  // In the order in which everything else locks: requests, messages, calls, conversation. Then nothing can be added.
  const open = await trx
    .selectFrom('scope_requests')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where('subject', '=', subject)
    .where('client_id', '=', chatClientId)
    .where('status', 'in', ['requested', 'pending'])
    .forUpdate()
    .execute();
  await trx.selectFrom('chat_messages').select('message_id').where('session_id', '=', sessionId).forUpdate().execute();
  await trx.selectFrom('tool_calls').select('call_id').where('session_id', '=', sessionId).forUpdate().execute();
  await trx.selectFrom('chat_sessions').select('session_id').where('session_id', '=', sessionId).forUpdate().execute();
  for (const request of open) await recordWithdrawal(trx, request, at);
  const calls = await trx.deleteFrom('tool_calls').where('session_id', '=', sessionId).returning('status').execute();
  const messages = await trx
    .deleteFrom('chat_messages')
    .where('session_id', '=', sessionId)
    .returning('message_id')
    .execute();
  await trx.deleteFrom('chat_sessions').where('session_id', '=', sessionId).execute();
  await appendAudit(trx, {
    type: 'conversation.deleted',
    actor: subject,
    subject,
    clientId: chatClientId,
    sessionId,
    data: {
      messages: messages.length,
      calls: calls.length,
      calls_waiting: calls.filter(({ status }) => status === 'parked').length,
      calls_running: calls.filter(({ status }) => status === 'running').length,
      requests_withdrawn: open.map(({ request_id }) => request_id),
    },
  });
  await announce(trx, { kind: 'chat_session', id: sessionId, subject });
  return open.map(({ request_id }) => request_id);
}
