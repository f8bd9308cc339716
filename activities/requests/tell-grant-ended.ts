import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { grantEndedSignal, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { withinDeadline } from './within-deadline.ts';

/**
 * Tells the workflow of a request that its grant has ended in SQL. Timeliness only: the row already decides (RULES 14),
 * and a workflow that is closed, or was never there, needs no telling.
 *
 * @throws what the client throws when Temporal cannot be reached.
 */
export async function tellGrantEnded(client: Client, requestId: string): Promise<void> {
  try {
    await withinDeadline(client, () =>
      client.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).signal(grantEndedSignal),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
