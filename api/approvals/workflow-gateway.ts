import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { answersWithinMs, isDeadline, withinDeadline } from '../../activities/requests/within-deadline.ts';
import type { DecisionOutcome, Verdict } from '../../workflows/domain/decision.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import {
  approveSignal,
  cancelSignal,
  denySignal,
  outcomeUpdate,
  scopeUpgradeInput,
  scopeUpgradeWorkflowId,
  type DecisionSignal,
} from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';

/** How long a caller waits for the workflow before it is told "recorded, being delivered" (RULES 17). */
export const judgedWithinMs = answersWithinMs;

const workflowType = 'scopeUpgrade';

function startOptions(requestId: string) {
  return {
    workflowId: scopeUpgradeWorkflowId(requestId),
    taskQueue: taskQueues.orchestration,
    args: [scopeUpgradeInput(requestId)],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  } as const;
}

/**
 * Starts the workflow of a stored request; one that runs, or has run, is left alone (RULES 19).
 *
 * @throws {DomainError} `temporarily_unavailable` when Temporal cannot be reached
 */
export async function startScopeUpgrade(
  { temporal, workerClient }: { temporal: Client; workerClient?: Client | undefined },
  requestId: string,
): Promise<void> {
  const client = workerClient ?? temporal;
  try {
    await withinDeadline(client, () =>
      client.workflow.start(workflowType, {
        ...startOptions(requestId),
        workflowIdConflictPolicy: 'USE_EXISTING',
        requestEagerStart: workerClient !== undefined,
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    throw unavailable(error);
  }
}

/**
 * Sends a decision as a Signal, which is durable, and asks by Update what became of it.
 *
 * @returns the outcome; `ended` when the workflow is closed; `unknown` when no worker answered in time, in which case
 * the decision is recorded and may still be applied (RULES 17).
 * @throws {DomainError} `temporarily_unavailable` when Temporal cannot be reached
 */
export async function deliverDecision(
  client: Client,
  requestId: string,
  verdict: Verdict,
  decision: DecisionSignal,
): Promise<DecisionOutcome | 'ended' | 'unknown'> {
  const handle = client.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
  // The signal leaves first: one task then takes both, where a question that came first would cost a task of its own.
  const sent = withinDeadline(client, () =>
    client.workflow.signalWithStart(workflowType, {
      ...startOptions(requestId),
      signal: verdict === 'approve' ? approveSignal : denySignal,
      signalArgs: [decision],
    }),
  );
  const asked = within(
    judgedWithinMs,
    handle.executeUpdate(outcomeUpdate, {
      args: [{ decisionId: decision.decisionId }],
      updateId: `outcome-${decision.decisionId}`,
    }),
  );
  asked.catch(() => undefined);
  try {
    await sent;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    // It may have arrived all the same, and it is recorded: delivered again by whoever looks for what was not judged.
    if (isDeadline(error)) return 'unknown';
    throw unavailable(error);
  }
  try {
    const judged = await asked;
    return judged === 'late' ? 'unknown' : judged.outcome;
  } catch {
    // The signal is durable; a failed question about it is no failure of the decision.
    return 'unknown';
  }
}

/**
 * Sends the requester's withdrawal.
 *
 * @returns whether the workflow was there to take it.
 * @throws {DomainError} `temporarily_unavailable` when Temporal cannot be reached
 */
export async function deliverCancel(client: Client, requestId: string): Promise<'sent' | 'ended'> {
  try {
    await withinDeadline(client, () =>
      client.workflow.signalWithStart(workflowType, {
        ...startOptions(requestId),
        signal: cancelSignal,
        signalArgs: [],
      }),
    );
    return 'sent';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    // The withdrawal stands in the row and is delivered again.
    if (isDeadline(error)) return 'sent';
    throw unavailable(error);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => {
      resolve('late');
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(cause: unknown): DomainError {
  return new DomainError(
    'temporarily_unavailable',
    'Approvals cannot be processed right now. Nothing is lost: try again shortly.',
    { cause },
  );
}
