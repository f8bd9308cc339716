import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findCall, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { insertUserMessage } from '../../activities/store/chat-messages.ts';
import { chatSessionWorkflowId } from '../../workflows/messages.ts';
import {
  leaveThingsBehind,
  sweep,
  asker,
  db,
  auditOf,
  count,
  workflowStatus,
  terminate,
  granted,
  session,
  conversation,
  setCall,
} from '../support/sweeping.ts';

const world = leaveThingsBehind();

describe('a conversation', () => {
  it('with a queued message that nobody drives is taken up', async () => {
    const caller = await asker();
    const sessionId = await session(caller);
    await db()
      .transaction()
      .execute((trx) => insertUserMessage(trx, { messageId: `msg_${randomUUID()}`, sessionId, content: 'hello' }));
    await sweep();
    await expect.poll(() => workflowStatus(chatSessionWorkflowId(sessionId))).toBe('RUNNING');
  });

  it('with a call that is ready is taken up, also when its workflow was terminated', async () => {
    const call = await conversation(await asker());
    await setCall(call, 'ready');
    await sweep();
    await expect.poll(() => pendingActivities(call), { timeout: 10_000 }).toContain('runCall');
    // The call is claimed and its activity is there: it is nobody's business.
    await setCall(call, 'running');
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('running');

    await terminate(chatSessionWorkflowId(call.session_id));
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('unknown');
    await expect.poll(() => workflowStatus(chatSessionWorkflowId(call.session_id))).toBe('RUNNING');
  });

  it.each([
    [false, 'unknown'],
    [true, 'proposed'],
  ])('with a running call that nobody runs: repeatable %s becomes %s, once', async (repeatable, status) => {
    const call = await conversation(await asker(), repeatable);
    await setCall(call, 'running');
    await Promise.all([sweep(), sweep()]);
    expect((await findCall(db(), call.call_id))?.status).toBe(status);
    const entries = await auditOf({ session_id: call.session_id });
    expect(entries.filter((one) => one.startsWith('call.settled'))).toEqual(['call.settled system']);
  });

  it('whose parked call has its scope by now goes on; once per grant, so that nothing goes round in circles', async () => {
    const caller = await asker();
    const call = await conversation(caller);
    await db()
      .updateTable('tool_calls')
      .set({ required_scopes: ['execute:commands'] })
      .where('call_id', '=', call.call_id)
      .execute();
    await granted(caller);
    await setCall(call, 'parked');
    const [other] = [await conversation(await asker())];
    await setCall(other, 'parked');
    await Promise.all([sweep(), sweep()]);
    expect((await findCall(db(), call.call_id))?.status).toBe('ready');
    expect((await findCall(db(), other.call_id))?.status).toBe('parked');
    await setCall(call, 'parked');
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('parked');
    expect(count(await auditOf({ session_id: call.session_id }), 'call.released')).toBe(1);
  });
});

async function pendingActivities(call: ToolCall): Promise<string[]> {
  const handle = world.stack.deps.temporal.workflow.getHandle(chatSessionWorkflowId(call.session_id));
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? '');
}
