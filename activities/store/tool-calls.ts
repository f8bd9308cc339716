import { sql } from 'kysely';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { announceChatSession } from './chat-sessions.ts';
import type { DbOrTrx } from './connect.ts';
import { announce } from './events.ts';
import type { ToolCall } from './tool-call-runs.ts';

/** What a person holds now for a client, as far as it can release parked calls. */
export interface Release {
  subject: string;
  clientId: string;
  scopes: readonly string[];
  /** The conversation the scopes are bound to, or null when they hold everywhere (RULES 13). */
  sessionId: string | null;
}

/**
 * Makes every parked call of that person and client ready whose scopes are held (RULES 21). The conversations
 * returned want to be woken with `scopeResolved`; calls that are ready and unclaimed are returned again, so that a
 * release which was cut off before the waking can be repeated.
 */
export async function releaseParkedCalls(
  db: DbOrTrx,
  release: Release,
): Promise<{ sessionId: string; callId: string }[]> {
  if (release.clientId !== chatClientId) return [];
  const { rows } = await sql<{ sessionId: string; callId: string }>`
    with released as (
      update tool_calls set status = 'ready' from chat_sessions
      where chat_sessions.session_id = tool_calls.session_id
        and chat_sessions.subject = ${release.subject}
        and tool_calls.status in ('parked', 'ready')
        and tool_calls.required_scopes <@ ${[...release.scopes]}::text[]
        and (${release.sessionId}::text is null or tool_calls.session_id = ${release.sessionId})
      returning tool_calls.session_id, tool_calls.call_id
    ), touched as (
      update chat_sessions set updated_at = now() where session_id in (select session_id from released)
      returning session_id, subject
    ), told as (
      insert into events (kind, id, subject) select 'chat_session', session_id, subject from touched
    )
    select session_id as "sessionId", call_id as "callId" from released`.execute(db);
  return rows;
}

/** After a freeze: calls whose scope policy grants at once were parked without a request, so nothing else releases them. */
export async function releaseAfterFreeze(trx: DbOrTrx): Promise<void> {
  const released = await trx
    .updateTable('tool_calls')
    .set({ status: 'ready' })
    .where('status', '=', 'parked')
    .where('request_id', 'is', null)
    .where(sql<boolean>`authorization_error ->> 'approval_type' = 'auto'`)
    .returning('session_id as sessionId')
    .execute();
  for (const sessionId of sessionsOf(released)) await announceChatSession(trx, sessionId);
}

/** Makes one parked call ready again, whatever it waits for: the next try shows whether it may run. */
export async function releaseCall(db: DbOrTrx, callId: string): Promise<boolean> {
  const released = await db
    .updateTable('tool_calls')
    .set({ status: 'ready' })
    .where('call_id', '=', callId)
    .where('status', '=', 'parked')
    .returning('session_id')
    .executeTakeFirst();
  if (released !== undefined) await announceChatSession(db, released.session_id);
  return released !== undefined;
}

/**
 * Ends the calls that wait for a request which ended without a grant. Call it in the transaction that ends the
 * request, after the request's own row has been changed.
 */
export async function endCallsOfRequest(
  trx: DbOrTrx,
  requestId: string,
  status: 'denied' | 'expired' | 'cancelled',
): Promise<{ sessionId: string }[]> {
  const ended = await trx
    .updateTable('tool_calls')
    .set({ status, finished_at: sql<Date>`now()` })
    .where('request_id', '=', requestId)
    .where('status', '=', 'parked')
    .returning('session_id as sessionId')
    .execute();
  const sessions = sessionsOf(ended);
  for (const sessionId of sessions) await announceChatSession(trx, sessionId);
  return sessions.map((sessionId) => ({ sessionId }));
}

/**
 * Ties every parked call of the conversation that would do the same as this one to an open request. A request that
 * has ended meanwhile ends them at once: its row is locked, so that no end is missed between reading and writing.
 * Call it in a transaction.
 */
export async function attachRequest(trx: DbOrTrx, call: ToolCall, requestId: string): Promise<void> {
  const request = await trx
    .selectFrom('scope_requests')
    .select(['status', 'subject', 'scopes'])
    .where('request_id', '=', requestId)
    .forShare()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('tool_calls')
    .set({ request_id: requestId })
    .where('session_id', '=', call.session_id)
    .where('arguments_digest', '=', call.arguments_digest)
    .where('status', '=', 'parked')
    .execute();
  if (isTerminal(request.status) && request.status !== 'approved')
    await endCallsOfRequest(trx, requestId, request.status);
  else {
    await announceChatSession(trx, call.session_id);
    // Only now it is known which turn it came from: the queue shows those of one turn together.
    await announce(trx, { kind: 'request', id: requestId, subject: request.subject, scopes: request.scopes });
  }
}

/** The open request that a call of the same conversation doing the same already waits for. */
export async function openRequestOfSameCall(db: DbOrTrx, call: ToolCall): Promise<string | undefined> {
  const row = await db
    .selectFrom('tool_calls')
    .innerJoin('scope_requests', 'scope_requests.request_id', 'tool_calls.request_id')
    .select('scope_requests.request_id')
    .where('tool_calls.session_id', '=', call.session_id)
    .where('tool_calls.arguments_digest', '=', call.arguments_digest)
    .where('tool_calls.status', '=', 'parked')
    .where('scope_requests.status', 'in', ['requested', 'pending'])
    .limit(1)
    .executeTakeFirst();
  return row?.request_id;
}

/** Puts a call whose request was denied, expired or withdrawn back to waiting, so that it can be asked for again. */
export async function parkAgain(trx: DbOrTrx, callId: string): Promise<ToolCall | undefined> {
  return trx
    .updateTable('tool_calls')
    .set({ status: 'parked', request_id: null, finished_at: null, claimed_at: null, parked_count: 1, result: null })
    .where('call_id', '=', callId)
    .where('status', 'in', ['denied', 'expired', 'cancelled', 'scope_unavailable'])
    .returningAll()
    .executeTakeFirst();
}

/** Marks the ended calls of a message as replaced, before its turn is made again. */
export async function supersedeCalls(trx: DbOrTrx, messageId: string): Promise<void> {
  await trx
    .updateTable('tool_calls')
    .set({ status: 'superseded' })
    .where('message_id', '=', messageId)
    .where('status', 'in', ['failed', 'unknown', 'denied', 'expired', 'cancelled', 'scope_unavailable'])
    .execute();
}

function sessionsOf(rows: readonly { sessionId: string }[]): string[] {
  return [...new Set(rows.map(({ sessionId }) => sessionId))];
}
