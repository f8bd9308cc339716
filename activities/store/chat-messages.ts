import { sql, type Selectable } from 'kysely';
import { announceChatSession } from './chat-sessions.ts';
import type { DbOrTrx } from './connect.ts';
import type { ChatMessagesTable, MessageStatus } from './schema.ts';

/** One message of a conversation. */
export type ChatMessage = Selectable<ChatMessagesTable>;

/** Stores what a person wrote; its turn begins when the conversation's workflow finds it. */
export async function insertUserMessage(
  trx: DbOrTrx,
  message: { messageId: string; sessionId: string; content: string },
): Promise<void> {
  await trx
    .insertInto('chat_messages')
    .values({
      message_id: message.messageId,
      session_id: message.sessionId,
      role: 'user',
      reply_to: null,
      content: message.content,
      status: 'queued',
    })
    .execute();
  await announceChatSession(trx, message.sessionId);
}

/** Takes a message back that could not be handed on, unless its turn has begun. Returns whether it was taken back. */
export async function withdrawUserMessage(trx: DbOrTrx, messageId: string): Promise<boolean> {
  const row = await trx
    .updateTable('chat_messages')
    .set({ status: 'failed', updated_at: sql<Date>`now()` })
    .where('message_id', '=', messageId)
    .where('status', '=', 'queued')
    .returning('session_id')
    .executeTakeFirst();
  if (row === undefined) return false;
  await announceChatSession(trx, row.session_id);
  return true;
}

/** Puts a message that was taken back, or stopped before its turn, in the queue again. */
export async function requeueUserMessage(trx: DbOrTrx, messageId: string): Promise<void> {
  await trx
    .updateTable('chat_messages')
    .set({ status: 'queued', updated_at: sql<Date>`now()` })
    .where('message_id', '=', messageId)
    .where('role', '=', 'user')
    .where('status', 'in', ['failed', 'stopped'])
    .execute();
}

/** Begins the turn of a user message: its reply exists once, however often this runs. */
export async function beginReply(trx: DbOrTrx, userMessageId: string, replyId: string): Promise<void> {
  const asked = await trx
    .updateTable('chat_messages')
    .set({ status: 'completed', updated_at: sql<Date>`now()` })
    .where('message_id', '=', userMessageId)
    .where('role', '=', 'user')
    .where('status', '=', 'queued')
    .returning('session_id')
    .executeTakeFirst();
  if (asked === undefined) return;
  await trx
    .insertInto('chat_messages')
    .values({
      message_id: replyId,
      session_id: asked.session_id,
      role: 'assistant',
      reply_to: userMessageId,
      status: 'running',
    })
    .onConflict((conflict) => conflict.column('reply_to').where('reply_to', 'is not', null).doNothing())
    .execute();
  await announceChatSession(trx, asked.session_id);
}

/** Sets what an assistant message says and where its turn stands; of a deleted conversation, nothing. */
export async function setReply(
  trx: DbOrTrx,
  messageId: string,
  reply: { status: Exclude<MessageStatus, 'queued'>; content: string },
): Promise<void> {
  const row = await trx
    .updateTable('chat_messages')
    .set({ ...reply, updated_at: sql<Date>`now()` })
    .where('message_id', '=', messageId)
    .where('role', '=', 'assistant')
    .returning('session_id')
    .executeTakeFirst();
  if (row !== undefined) await announceChatSession(trx, row.session_id);
}

/**
 * Stores what a reply says so far, without telling anybody: live views hear of a reply when it stands.
 *
 * @returns whether its turn still goes on.
 */
export async function keepReplySoFar(db: DbOrTrx, messageId: string, content: string): Promise<boolean> {
  await db
    .updateTable('chat_messages')
    .set({ content })
    .where('message_id', '=', messageId)
    .where('status', '=', 'running')
    .where('content', '!=', content)
    .execute();
  const message = await findMessage(db, messageId);
  return message?.status === 'running' || message?.status === 'awaiting_authorization';
}

/** The message of that id. */
export async function findMessage(db: DbOrTrx, messageId: string): Promise<ChatMessage | undefined> {
  return db.selectFrom('chat_messages').selectAll().where('message_id', '=', messageId).executeTakeFirst();
}

/** The message, locked until the transaction ends; undefined when its conversation has been deleted. */
export async function lockMessage(trx: DbOrTrx, messageId: string): Promise<ChatMessage | undefined> {
  return trx.selectFrom('chat_messages').selectAll().where('message_id', '=', messageId).forUpdate().executeTakeFirst();
}

/** The reply to a user message, once its turn has begun. */
export async function findReply(db: DbOrTrx, userMessageId: string): Promise<ChatMessage | undefined> {
  return db.selectFrom('chat_messages').selectAll().where('reply_to', '=', userMessageId).executeTakeFirst();
}

/** A conversation in the order it was written. */
export async function listMessages(db: DbOrTrx, sessionId: string): Promise<ChatMessage[]> {
  return db.selectFrom('chat_messages').selectAll().where('session_id', '=', sessionId).orderBy('position').execute();
}
