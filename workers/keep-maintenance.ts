import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { maintenanceWorkflowId } from '../workflows/messages.ts';
import { taskQueues } from '../workflows/task-queues.ts';

const lookEveryMs = 60_000;

/** Sees to it that the maintenance workflow runs, also when somebody ended it; several workers may do so. @returns stop */
export function keepMaintenance(client: Client, logger: Logger): () => void {
  const start = async (): Promise<void> => {
    try {
      await client.workflow.start('maintenance', {
        workflowId: maintenanceWorkflowId,
        taskQueue: taskQueues.orchestration,
        args: [],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    } catch (err) {
      logger.info({ err }, 'the maintenance workflow could not be started; it is tried again');
    }
  };
  void start();
  const timer = setInterval(() => void start(), lookEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
