import { sql } from 'kysely';
import { announceChatSession } from './chat-sessions.ts';
import { lockMessage } from './chat-messages.ts';
import type { DbOrTrx } from './connect.ts';
import type { ToolCall } from './tool-call-runs.ts';

/** What stopping came to; ids. */
export interface StoppedTurns {
  /** Messages whose turn goes no further. */
  messages: string[];
  /** Calls that will not run. */
  cancelled: string[];
  /** Calls that run already: they are not undone, and their outcome is still noted. */
  running: string[];
}

/**
 * Stops what a conversation is doing: messages that wait for their turn never get it, a turn under way goes no further,
 * its calls that have not begun never begin. Turns that wait for a person are left alone. Messages are locked before
 * their calls, here and wherever a call is claimed, so that a call is either stopped or reported as running.
 */
export async function stopTurns(trx: DbOrTrx, sessionId: string): Promise<StoppedTurns> {
  const stopped = await trx
    .updateTable('chat_messages')
    .set({ status: 'stopped', updated_at: sql<Date>`now()` })
    .where('session_id', '=', sessionId)
    .where((eb) =>
      eb.or([
        eb('status', 'in', ['queued', 'running']),
        eb.and([
          eb('status', '=', 'awaiting_authorization'),
          eb.exists(
            eb
              .selectFrom('tool_calls')
              .select(sql`1`.as('one'))
              .whereRef('tool_calls.message_id', '=', 'chat_messages.message_id')
              .where('tool_calls.status', 'in', ['proposed', 'ready', 'running']),
          ),
        ]),
      ]),
    )
    .returning('message_id')
    .execute();
  const messages = stopped.map(({ message_id }) => message_id);
  if (messages.length === 0) return { messages, cancelled: [], running: [] };
  const cancelled = await trx
    .updateTable('tool_calls')
    .set({ status: 'cancelled', finished_at: sql<Date>`now()` })
    .where('message_id', 'in', messages)
    .where('status', 'in', ['proposed', 'ready'])
    .returning('call_id')
    .execute();
  const running = await trx
    .selectFrom('tool_calls')
    .select('call_id')
    .where('message_id', 'in', messages)
    .where('status', '=', 'running')
    .execute();
  await announceChatSession(trx, sessionId);
  return {
    messages,
    cancelled: cancelled.map(({ call_id }) => call_id),
    running: running.map(({ call_id }) => call_id),
  };
}

/**
 * Ends a call that did not run when its turn was stopped in the meantime. Call it in a transaction, before the call is
 * parked or put back.
 *
 * @returns whether there is nothing left to do with the call.
 */
export async function cancelWhenStopped(
  trx: DbOrTrx,
  call: Pick<ToolCall, 'call_id' | 'message_id'>,
): Promise<boolean> {
  const message = await lockMessage(trx, call.message_id);
  if (message === undefined) return true;
  if (message.status !== 'stopped') return false;
  await trx
    .updateTable('tool_calls')
    .set({ status: 'cancelled', finished_at: sql<Date>`now()`, claimed_at: null })
    .where('call_id', '=', call.call_id)
    .where('status', 'in', ['proposed', 'ready', 'running'])
    .execute();
  await announceChatSession(trx, message.session_id);
  return true;
}
