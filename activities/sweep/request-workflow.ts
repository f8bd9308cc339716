import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  approveSignal,
  cancelSignal,
  denySignal,
  scopeUpgradeInput,
  scopeUpgradeWorkflowId,
  type DecisionSignal,
} from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import type { Decision } from '../store/decisions.ts';

/**
 * Starts the workflow of a request whose earlier one is missing or was ended from outside, with what has arrived for it,
 * so that it looks at that before its clock. One that runs is left alone; repeating its steps gives what is stored already.
 */
export async function startAgain(
  client: Client,
  requestId: string,
  arrived: { decisions: readonly Decision[]; withdrawn: boolean },
): Promise<void> {
  const options = {
    workflowId: scopeUpgradeWorkflowId(requestId),
    taskQueue: taskQueues.orchestration,
    args: [scopeUpgradeInput(requestId)],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
  } as const;
  const [first, ...others] = arrived.decisions;
  if (first !== undefined) {
    const signal = { signal: signalOf(first), signalArgs: [contentOf(first)] as [DecisionSignal] };
    await client.workflow.signalWithStart('scopeUpgrade', { ...options, ...signal });
  } else if (arrived.withdrawn) {
    await client.workflow.signalWithStart('scopeUpgrade', { ...options, signal: cancelSignal, signalArgs: [] });
    return;
  } else await client.workflow.start('scopeUpgrade', options);
  for (const decision of others) await deliverDecision(client, decision);
  if (arrived.withdrawn) await deliverCancel(client, requestId);
}

/** Sends a recorded decision again; the workflow knows it by its id. @returns whether there was a workflow to take it. */
export async function deliverDecision(client: Client, decision: Decision): Promise<boolean> {
  return delivered(handleOf(client, decision.request_id).signal(signalOf(decision), contentOf(decision)));
}

/** Sends a recorded withdrawal again. @returns whether there was a workflow to take it. */
export async function deliverCancel(client: Client, requestId: string): Promise<boolean> {
  return delivered(handleOf(client, requestId).signal(cancelSignal));
}

function signalOf(decision: Decision) {
  return decision.verdict === 'approve' ? approveSignal : denySignal;
}

function contentOf(decision: Decision): DecisionSignal {
  return { decisionId: decision.decision_id, statement: decision.statement };
}

function handleOf(client: Client, requestId: string) {
  return client.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
}

async function delivered(sending: Promise<void>): Promise<boolean> {
  try {
    await sending;
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
