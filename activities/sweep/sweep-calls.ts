import { sql } from 'kysely';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { chatSessionWorkflowId } from '../../workflows/messages.ts';
import { settleCall } from '../chat/settle-call.ts';
import { appendAudit } from '../store/audit.ts';
import { lockMessage } from '../store/chat-messages.ts';
import { announceChatSession } from '../store/chat-sessions.ts';
import { heldGrants } from '../store/grants.ts';
import { findCall, type ToolCall } from '../store/tool-call-runs.ts';
import { leftBehindBefore, type SweepDeps } from './deps.ts';
import { claimRepair } from './repairs.ts';
import { wakeConversation } from './sweep-conversations.ts';
import { forEachFew } from './walk.ts';
import { workflowState } from './workflow-state.ts';

/** Settles calls that are marked as running although no activity runs them (RULES 23). */
export async function settleLostCalls(deps: SweepDeps): Promise<void> {
  const before = leftBehindBefore(deps);
  const running = await deps.db
    .selectFrom('tool_calls')
    .selectAll()
    .where('status', '=', 'running')
    .where((eb) => eb.or([eb('claimed_at', '<', before), eb('claimed_at', 'is', null)]))
    .orderBy('claimed_at')
    .limit(deps.timing.batch)
    .execute();
  await forEachFew(running, (call) => settleWhenLost(deps, call));
}

async function settleWhenLost(deps: SweepDeps, seen: ToolCall): Promise<void> {
  const { running, activities } = await workflowState(deps.client, chatSessionWorkflowId(seen.session_id));
  if (running && activities.includes('runCall')) return;
  const settled = await deps.db.transaction().execute(async (trx) => {
    // The message first, as wherever calls are claimed and stopped.
    await lockMessage(trx, seen.message_id);
    await trx.selectFrom('tool_calls').select('call_id').where('call_id', '=', seen.call_id).forUpdate().execute();
    const call = await findCall(trx, seen.call_id);
    // Claimed again meanwhile: somebody runs it.
    if (call?.status !== 'running' || call.claimed_at?.getTime() !== seen.claimed_at?.getTime()) return false;
    await settleCall(trx, { callId: call.call_id, giveUp: false }, deps.now());
    const status = (await findCall(trx, call.call_id))?.status;
    await auditCall(trx, 'call.settled', { ...call, data: { call_id: call.call_id, status } });
    return true;
  });
  if (settled) await wakeConversation(deps.client, seen.session_id);
}

/**
 * Releases parked calls whose scopes are held by now (RULES 21): the release after the grant may have been missed. Each
 * call once per grant, so that one which is parked again for another reason does not go round in circles.
 */
export async function releaseHeldCalls(deps: SweepDeps): Promise<void> {
  const now = deps.now();
  const candidates = await deps.db
    .selectFrom('tool_calls')
    .innerJoin('chat_sessions', 'chat_sessions.session_id', 'tool_calls.session_id')
    .innerJoin('grants', 'grants.subject', 'chat_sessions.subject')
    .selectAll('tool_calls')
    .select(['chat_sessions.subject', 'grants.granted_at'])
    .distinctOn('tool_calls.call_id')
    .where('tool_calls.status', '=', 'parked')
    .where('grants.client_id', '=', chatClientId)
    .where('grants.end_reason', 'is', null)
    .where('grants.granted_at', '<', leftBehindBefore(deps))
    .where('grants.expires_at', '>', now)
    .where(sql<boolean>`tool_calls.required_scopes && grants.scopes`)
    .where(sql<boolean>`(grants.session_id is null or grants.session_id = tool_calls.session_id)`)
    .where(
      sql<boolean>`not exists (select from repairs where repairs.kind = 'release'
      and repairs.id = tool_calls.call_id and repairs.at >= grants.granted_at)`,
    )
    .orderBy('tool_calls.call_id')
    .orderBy('grants.granted_at', 'desc')
    .limit(deps.timing.batch)
    .execute();
  for (const { subject, granted_at: grantedAt, ...call } of candidates) {
    const holder = { subject, clientId: chatClientId, sessionId: call.session_id };
    const held = (await heldGrants(deps.db, holder, now)).map(({ scope }) => scope);
    if (!call.required_scopes.every((scope) => held.includes(scope))) continue;
    await release(deps, { ...call, subject }, grantedAt);
  }
}

async function release(deps: SweepDeps, call: ToolCall & { subject: string }, grantedAt: Date): Promise<void> {
  const released = await deps.db.transaction().execute(async (trx) => {
    if (!(await claimRepair(trx, { kind: 'release', id: call.call_id }, deps.now(), grantedAt))) return false;
    const ready = await trx
      .updateTable('tool_calls')
      .set({ status: 'ready' })
      .where('call_id', '=', call.call_id)
      .where('status', '=', 'parked')
      .returning('call_id')
      .executeTakeFirst();
    if (ready === undefined) return false;
    await auditCall(trx, 'call.released', { ...call, data: { call_id: call.call_id } });
    await announceChatSession(trx, call.session_id);
    return true;
  });
  if (released) await wakeConversation(deps.client, call.session_id);
}

async function auditCall(
  trx: Parameters<typeof appendAudit>[0],
  type: 'call.settled' | 'call.released',
  call: { session_id: string; request_id: string | null; required_scopes: string[]; data: Record<string, unknown> },
): Promise<void> {
  const { subject } = await trx
    .selectFrom('chat_sessions')
    .select('subject')
    .where('session_id', '=', call.session_id)
    .executeTakeFirstOrThrow();
  await appendAudit(trx, {
    type,
    actor: 'system',
    subject,
    clientId: chatClientId,
    sessionId: call.session_id,
    requestId: call.request_id,
    scopes: call.required_scopes,
    data: call.data,
  });
}
