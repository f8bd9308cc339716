import { WorkflowNotFoundError } from '@temporalio/client';
import type { ChatSession } from '../../activities/store/chat-sessions.ts';
import { withinDeadline } from '../../activities/requests/within-deadline.ts';
import { deleteConversation } from '../../activities/store/delete-conversation.ts';
import { chatSessionWorkflowId } from '../../workflows/messages.ts';
import { deliverCancel } from '../approvals/workflow-gateway.ts';
import type { ChatDeps } from './deps.ts';

/**
 * Deletes a conversation. It is gone once the transaction is; telling Temporal is for speed: withdrawals that are not
 * delivered now the sweeper delivers, and a workflow that was not cancelled finds nothing left and ends.
 */
export async function removeConversation(deps: ChatDeps, session: ChatSession): Promise<void> {
  const withdrawn = await deps.db.transaction().execute((trx) => deleteConversation(trx, session, deps.now()));
  const told = await Promise.allSettled([
    cancelWorkflow(deps, session.session_id),
    ...withdrawn.map((requestId) => deliverCancel(deps.temporal, requestId)),
  ]);
  for (const outcome of told) {
    if (outcome.status === 'rejected')
      deps.logger.warn({ err: outcome.reason as unknown }, 'Temporal has not been told yet of a deleted conversation');
  }
}

async function cancelWorkflow({ temporal }: ChatDeps, sessionId: string): Promise<void> {
  try {
    await withinDeadline(temporal, () => temporal.workflow.getHandle(chatSessionWorkflowId(sessionId)).cancel());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
