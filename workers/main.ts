import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createSessionWork } from '../activities/chat/session-work.ts';
import { createStatementVerifier } from '../activities/mint/statement.ts';
import { createRequestActivities } from '../activities/requests/create-activities.ts';
import { connect } from '../activities/store/connect.ts';
import { defaultSweepTiming } from '../activities/sweep/deps.ts';
import { createHousekeeping } from '../activities/sweep/keep-house.ts';
import { createSweeper } from '../activities/sweep/sweeper.ts';
import { trailOfActivities, trailOfClient } from '../activities/telemetry/temporal-trail.ts';
import { taskQueues } from '../workflows/task-queues.ts';
import { keepMaintenance } from './keep-maintenance.ts';
import type { OrchestrationOptions } from './options.ts';
import { runWorker } from './run-worker.ts';

/** The `worker` role: workflows and orchestration activities. Ready when it resolves; `open` has nothing to listen on. */
export async function startOrchestrationWorker(
  options: OrchestrationOptions,
): Promise<{ open(): Promise<void>; close(): Promise<void>; failed: Promise<never>; workerClient: Client }> {
  const database = connect(options.databaseUrl, {
    onIdleError: (err) => {
      options.logger.warn({ err }, 'database connection lost');
    },
  });
  const connection = await NativeConnection.connect({ address: options.temporal.address });
  const client = new Client({
    connection,
    namespace: options.temporal.namespace,
    interceptors: { workflow: [trailOfClient] },
  });
  const verify = await createStatementVerifier(options.decisionPublicJwk);
  const now = (): Date => new Date();
  const timing = { ...defaultSweepTiming, ...options.sweep };
  const sweeper = createSweeper({ db: database.db, client, now, timing, logger: options.logger });
  const housekeeping = createHousekeeping(sweeper, timing);
  const worker = await runWorker(
    options.temporal,
    {
      taskQueue: taskQueues.orchestration,
      interceptors: { activity: [trailOfActivities(options.logger)] },
      workflowBundle: options.workflowBundle,
      activities: {
        ...createRequestActivities({ db: database.db, client, verify, now }),
        ...createSessionWork({ db: database.db }),
        keepHouse: () => housekeeping.keepHouse(),
      },
      maxCachedWorkflows: 200,
    },
    connection,
  );
  const stopMaintenance = keepMaintenance(client, options.logger);
  return {
    failed: worker.failed,
    workerClient: client,
    open: () => Promise.resolve(),
    close: async () => {
      stopMaintenance();
      housekeeping.stop();
      await worker.close();
      await database.close();
    },
  };
}
