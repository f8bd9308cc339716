import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { chatSessionWorkflowId, messagePostedSignal } from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { leftBehindBefore, notRepairedSince, type SweepDeps } from './deps.ts';
import { claimRepair, unclaimed } from './repairs.ts';

/** Wakes conversations that have something to do and have not moved for a while (RULES 22); a needless wake does no harm. */
export async function wakeStalledConversations(deps: SweepDeps): Promise<void> {
  const since = notRepairedSince(deps);
  const stalled = await deps.db
    .selectFrom('chat_sessions')
    .select('session_id')
    .where('updated_at', '<', leftBehindBefore(deps))
    .where(
      sql<boolean>`session_id in (
        select session_id from tool_calls where status in ('proposed', 'ready', 'running')
        union select session_id from chat_messages where status in ('queued', 'running')
        union select session_id from chat_messages as turn where turn.status = 'awaiting_authorization'
          and not exists (select from tool_calls where tool_calls.message_id = turn.message_id
            and tool_calls.status in ('proposed', 'parked', 'ready', 'running')))`,
    )
    .where(unclaimed('wake', 'chat_sessions.session_id', since))
    .orderBy('updated_at')
    .limit(deps.timing.batch)
    .execute();
  for (const { session_id: sessionId } of stalled) {
    if (!(await claimRepair(deps.db, { kind: 'wake', id: sessionId }, deps.now(), since))) continue;
    await wakeConversation(deps.client, sessionId);
  }
}

/** Wakes a conversation's workflow, starting it when it has ended. What there is to do, it reads from the database. */
export async function wakeConversation(client: Client, sessionId: string): Promise<void> {
  await client.workflow.signalWithStart('chatSession', {
    workflowId: chatSessionWorkflowId(sessionId),
    taskQueue: taskQueues.orchestration,
    args: [{ sessionId }],
    signal: messagePostedSignal,
    signalArgs: [{ messageId: 'sweep' }],
  });
}
