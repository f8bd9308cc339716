import { sql, type Selectable } from 'kysely';
import type { CallStatus } from '../../workflows/domain/call-status.ts';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';
import { announceChatSession } from './chat-sessions.ts';
import type { DbOrTrx } from './connect.ts';
import type { ToolCallsTable } from './schema.ts';

/** One tool call as stored. */
export type ToolCall = Selectable<ToolCallsTable>;

/** A call the model wants made. */
export interface ProposedCall {
  callId: string;
  sessionId: string;
  messageId: string;
  name: string;
  arguments: Record<string, unknown>;
  argumentsDigest: string;
  /** Read-only or idempotent by the tool's own annotations (RULES 23). */
  repeatable: boolean;
}

/** Stores a proposed call. */
export async function proposeCall(trx: DbOrTrx, call: ProposedCall): Promise<void> {
  await trx
    .insertInto('tool_calls')
    .values({
      call_id: call.callId,
      session_id: call.sessionId,
      message_id: call.messageId,
      name: call.name,
      arguments: JSON.stringify(call.arguments),
      arguments_digest: call.argumentsDigest,
      repeatable: call.repeatable,
      status: 'proposed',
    })
    .execute();
  await announceChatSession(trx, call.sessionId);
}

/** The call of that id. */
export async function findCall(db: DbOrTrx, callId: string): Promise<ToolCall | undefined> {
  return db.selectFrom('tool_calls').selectAll().where('call_id', '=', callId).executeTakeFirst();
}

/** The call of that id and whose conversation it is in. */
export async function findCallWithSubject(
  db: DbOrTrx,
  callId: string,
): Promise<{ call: ToolCall; subject: string } | undefined> {
  const row = await db
    .selectFrom('tool_calls')
    .innerJoin('chat_sessions', 'chat_sessions.session_id', 'tool_calls.session_id')
    .selectAll('tool_calls')
    .select('chat_sessions.subject')
    .where('call_id', '=', callId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { subject, ...call } = row;
  return { call, subject };
}

/** The calls of a conversation, or of one of its messages, in the order they were proposed. */
export async function listCalls(db: DbOrTrx, of: { sessionId: string } | { messageId: string }): Promise<ToolCall[]> {
  const query = db.selectFrom('tool_calls').selectAll().orderBy('position');
  return 'sessionId' in of
    ? query.where('session_id', '=', of.sessionId).execute()
    : query.where('message_id', '=', of.messageId).execute();
}

/**
 * Claims a call for running it: one conditional UPDATE by id and argument digest, so that of any number of claims
 * exactly one succeeds (RULES 22). Its message shows it as running from the same statement on, and is locked before the
 * call, so that stopping comes wholly before or wholly after.
 */
export async function claimCall(
  db: DbOrTrx,
  claim: { callId: string; argumentsDigest: string },
  now: Date,
): Promise<ToolCall | undefined> {
  const { rows } = await sql<ToolCall>`
    with open as (
      select message_id from chat_messages
      where message_id = (select message_id from tool_calls where call_id = ${claim.callId}) and status <> 'stopped'
      for update
    ), claimed as (
      update tool_calls set status = 'running', claimed_at = ${now}
      where call_id = ${claim.callId} and arguments_digest = ${claim.argumentsDigest} and status in ('proposed', 'ready')
        and message_id in (select message_id from open)
      returning *
    ), reply as (
      update chat_messages set status = 'running', content = '', updated_at = now() from claimed
      where chat_messages.message_id = claimed.message_id and chat_messages.role = 'assistant'
    ), touched as (
      update chat_sessions set updated_at = now() from claimed where chat_sessions.session_id = claimed.session_id
      returning chat_sessions.session_id, chat_sessions.subject
    ), told as (
      insert into events (kind, id, subject) select 'chat_session', session_id, subject from touched
    )
    select * from claimed`.execute(db);
  return rows[0];
}

/** Gives a claim back when it is certain that nothing has run. */
export async function unclaimCall(db: DbOrTrx, callId: string, to: 'proposed' | 'ready'): Promise<void> {
  await db
    .updateTable('tool_calls')
    .set({ status: to, claimed_at: null })
    .where('call_id', '=', callId)
    .where('status', '=', 'running')
    .execute();
}

/** Notes, while the call is being tried, what stood in its way and which request answered it. */
export async function noteRefusal(
  db: DbOrTrx,
  callId: string,
  refusal: { error: AuthorizationError; requestId?: string | undefined },
): Promise<void> {
  await db
    .updateTable('tool_calls')
    .set({
      required_scopes: [refusal.error.required_scope],
      authorization_error: JSON.stringify(refusal.error),
      ...(refusal.requestId === undefined ? {} : { request_id: refusal.requestId }),
    })
    .where('call_id', '=', callId)
    .execute();
}

/** Parks a call that may not run yet. Returns the parked call, or undefined when it was not being run. */
export async function parkCall(
  trx: DbOrTrx,
  callId: string,
  options: { countsAsPark: boolean; requestId?: string | undefined },
): Promise<ToolCall | undefined> {
  return trx
    .updateTable('tool_calls')
    .set({
      status: 'parked',
      claimed_at: null,
      ...(options.countsAsPark ? { parked_count: sql<number>`parked_count + 1` } : {}),
      ...(options.requestId === undefined ? {} : { request_id: options.requestId }),
    })
    .where('call_id', '=', callId)
    .where('status', 'in', ['proposed', 'ready', 'running'])
    .returningAll()
    .executeTakeFirst();
}

/** Ends a call that is being run. A call that ended otherwise meanwhile stays as it ended. */
export async function finishCall(
  trx: DbOrTrx,
  callId: string,
  end: {
    status: Extract<CallStatus, 'succeeded' | 'failed' | 'unknown' | 'scope_unavailable'>;
    result: Record<string, unknown> | null;
    at: Date;
  },
): Promise<ToolCall | undefined> {
  const { rows } = await sql<ToolCall>`
    with ended as (
      update tool_calls set status = ${end.status}, finished_at = ${end.at},
        result = ${end.result === null ? null : JSON.stringify(end.result)}::jsonb
      where call_id = ${callId} and status in ('proposed', 'ready', 'running')
      returning *
    ), touched as (
      update chat_sessions set updated_at = now() from ended where chat_sessions.session_id = ended.session_id
      returning chat_sessions.session_id, chat_sessions.subject
    ), told as (
      insert into events (kind, id, subject) select 'chat_session', session_id, subject from touched
    )
    select * from ended`.execute(trx);
  return rows[0];
}
