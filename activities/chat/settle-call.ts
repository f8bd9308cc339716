import { failureText, parkedText } from '../../workflows/domain/chat-endings.ts';
import { lockMessage, setReply } from '../store/chat-messages.ts';
import { announceChatSession } from '../store/chat-sessions.ts';
import type { DbOrTrx } from '../store/connect.ts';
import { findCall, finishCall, parkCall, unclaimCall } from '../store/tool-call-runs.ts';

/**
 * Settles a call whose attempt was cut off, or that could not be tried often enough (`giveUp`). A call that had been
 * claimed may have run: only what the tool calls read-only or idempotent is repeated, everything else is `unknown`
 * (RULES 23), and nothing in a turn that was stopped. Call it in a transaction.
 */
export async function settleCall(trx: DbOrTrx, input: { callId: string; giveUp: boolean }, now: Date): Promise<void> {
  const call = await findCall(trx, input.callId);
  if (call === undefined) return;
  if (call.status === 'running') {
    const stopped = (await lockMessage(trx, call.message_id))?.status === 'stopped';
    if (call.repeatable && !input.giveUp && !stopped) {
      await unclaimCall(trx, call.call_id, call.parked_count > 0 ? 'ready' : 'proposed');
      await announceChatSession(trx, call.session_id);
    } else {
      await finishCall(trx, call.call_id, { status: 'unknown', result: null, at: now });
    }
    return;
  }
  if (!input.giveUp) return;
  if (call.status === 'proposed') {
    const failed = await finishCall(trx, call.call_id, {
      status: 'failed',
      result: { error: 'The tool server could not be reached.' },
      at: now,
    });
    if (failed !== undefined)
      await setReply(trx, call.message_id, { status: 'failed', content: failureText('temporarily_unavailable') });
  } else if (call.status === 'ready') {
    const parked = await parkCall(trx, call.call_id, { countsAsPark: false });
    if (parked === undefined) return;
    const content = parkedText({ tool: call.name, reason: 'unreachable', scopes: call.required_scopes });
    await setReply(trx, call.message_id, { status: 'awaiting_authorization', content });
  }
}
