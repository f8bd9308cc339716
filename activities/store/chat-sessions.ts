import { sql, type Selectable } from 'kysely';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { DbOrTrx } from './connect.ts';
import { announce } from './events.ts';
import type { ChatSessionsTable } from './schema.ts';

/** One conversation. */
export type ChatSession = Selectable<ChatSessionsTable>;

/** Starts a conversation. */
export async function insertChatSession(
  db: DbOrTrx,
  session: { sessionId: string; subject: string; title: string },
): Promise<void> {
  await db
    .insertInto('chat_sessions')
    .values({ session_id: session.sessionId, subject: session.subject, title: session.title })
    .execute();
}

/** The person's own conversation. @throws {DomainError} `not_found`, also for somebody else's (RULES 9). */
export async function ownChatSession(db: DbOrTrx, sessionId: string, subject: string): Promise<ChatSession> {
  const session = await db
    .selectFrom('chat_sessions')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (session === undefined) throw new DomainError('not_found', 'There is no such conversation.');
  return session;
}

/** Whether the conversation is there, and not deleted. */
export async function chatSessionExists(db: DbOrTrx, sessionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('chat_sessions')
    .select('session_id')
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return row !== undefined;
}

/** A line of the list of conversations. */
export type ListedChatSession = ChatSession & { waiting: boolean; open_requests: string[] };

/**
 * A person's conversations, the last used first; `waiting` says that a call in it waits for approval, `open_requests`
 * for which requests.
 */
export async function listChatSessions(db: DbOrTrx, subject: string, limit: number): Promise<ListedChatSession[]> {
  return db
    .selectFrom('chat_sessions')
    .selectAll()
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('tool_calls')
            .select(sql`1`.as('one'))
            .whereRef('tool_calls.session_id', '=', 'chat_sessions.session_id')
            .where('tool_calls.status', '=', 'parked'),
        )
        .$castTo<boolean>()
        .as('waiting'),
    )
    .select(
      sql<string[]>`array(select distinct request_id from tool_calls
        where tool_calls.session_id = chat_sessions.session_id and tool_calls.status = 'parked' and request_id is not null)`.as(
        'open_requests',
      ),
    )
    .where('subject', '=', subject)
    .orderBy('updated_at', 'desc')
    .orderBy('session_id')
    .limit(limit)
    .execute();
}

/** Gives a conversation another name; its place in the list stays. */
export async function renameChatSession(trx: DbOrTrx, session: ChatSession, title: string): Promise<void> {
  await trx.updateTable('chat_sessions').set({ title }).where('session_id', '=', session.session_id).execute();
  await announce(trx, { kind: 'chat_session', id: session.session_id, subject: session.subject });
}

/** Says that a conversation changed: in the list's order, and to whoever looks at it. Nothing of a deleted one. */
export async function announceChatSession(db: DbOrTrx, sessionId: string): Promise<void> {
  await sql`
    with touched as (
      update chat_sessions set updated_at = now() where session_id = ${sessionId} returning session_id, subject
    )
    insert into events (kind, id, subject) select 'chat_session', session_id, subject from touched`.execute(db);
}
