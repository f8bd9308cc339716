import { parkedText, whoseDecision } from '../../workflows/domain/chat-endings.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { waitsForFreeze } from '../../workflows/domain/waits-for-freeze.ts';
import { setReply } from '../store/chat-messages.ts';
import { frozenScopes, heldScopes } from '../store/grants.ts';
import { cancelWhenStopped } from '../store/stop-turns.ts';
import { finishCall, parkCall, unclaimCall, type ToolCall } from '../store/tool-call-runs.ts';
import { attachRequest, openRequestOfSameCall, releaseCall } from '../store/tool-calls.ts';
import type { CallDeps } from './call-deps.ts';

/** A call is parked for its scope this often; one more refusal after an approval ends it. */
const mostParks = 2;

/** Ends a call with its outcome; the turn goes on from there. */
export async function endCall(
  deps: CallDeps,
  call: ToolCall,
  end: Pick<Parameters<typeof finishCall>[2], 'status' | 'result'>,
): Promise<void> {
  await finishCall(deps.db, call.call_id, { ...end, at: deps.now() });
}

/**
 * Parks a call until its scope is held. It joins the open request of the same call in this conversation. A scope that
 * is still missing after two approvals is given up, so that nothing loops.
 */
export async function parkForScope(
  deps: CallDeps,
  wait: { call: ToolCall; subject: string; scope: string; requestId?: string },
): Promise<void> {
  const { call, subject, scope } = wait;
  if (call.parked_count >= mostParks) {
    const error = `the tool server still asks for ${scope}, although it was approved. Ask whoever runs this server.`;
    await endCall(deps, call, { status: 'scope_unavailable', result: { error } });
    return;
  }
  const holder = { subject, clientId: chatClientId, sessionId: call.session_id };
  const frozen = await frozenScopes(deps.db, holder, deps.now());
  await deps.db.transaction().execute(async (trx) => {
    if (await cancelWhenStopped(trx, call)) return;
    const parked = await parkCall(trx, call.call_id, { countsAsPark: true });
    if (parked === undefined) return;
    const reason = waitsForFreeze(parked, frozen) ? 'freeze' : whoseDecision(parked);
    await setReply(trx, parked.message_id, {
      status: 'awaiting_authorization',
      content: parkedText({ tool: parked.name, reason, scopes: [scope] }),
    });
    const requestId = wait.requestId ?? (await openRequestOfSameCall(trx, parked));
    if (requestId !== undefined) await attachRequest(trx, parked, requestId);
  });
  deps.ahead.parked(call.session_id);
  // A grant that came between the refusal and the parking has released nothing: look once more.
  const held = await heldScopes(deps.db, holder, deps.now());
  if (held.includes(scope)) await deps.db.transaction().execute((trx) => releaseCall(trx, call.call_id));
}

/** Gives a claim back when it is certain that nothing has run; of a turn that was stopped meanwhile, ends the call. */
export async function giveBack(deps: Pick<CallDeps, 'db'>, call: ToolCall, to: 'proposed' | 'ready'): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    if (!(await cancelWhenStopped(trx, call))) await unclaimCall(trx, call.call_id, to);
  });
}

/** Parks a call that cannot be made for want of a sign-in; the next sign-in releases it. */
export async function parkForSignIn(deps: CallDeps, call: ToolCall): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    if (await cancelWhenStopped(trx, call)) return;
    const parked = await parkCall(trx, call.call_id, { countsAsPark: false });
    if (parked === undefined) return;
    await setReply(trx, parked.message_id, {
      status: 'awaiting_authorization',
      content: parkedText({ tool: parked.name, reason: 'sign_in', scopes: parked.required_scopes }),
    });
  });
}
