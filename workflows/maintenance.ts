import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { MaintenanceActivities } from '../activities/sweep/types.ts';

/** The heartbeat tells within seconds that a worker is gone; another one then takes over. */
const { keepHouse } = proxyActivities<MaintenanceActivities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
});

/**
 * The one workflow that repairs what crashes leave (RULES 14, 19, 22, 23): it sees to it that exactly one worker sweeps.
 * What it finds and does is in the database.
 */
export async function maintenance(): Promise<void> {
  while (!workflowInfo().continueAsNewSuggested) await keepHouse();
  await continueAsNew<typeof maintenance>();
}
