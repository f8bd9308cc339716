import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** A workflow as Temporal itself knows it; its lists lag behind and decide nothing. */
export interface WorkflowState {
  running: boolean;
  /** Types of the activities that are scheduled or run now. */
  activities: string[];
}

/**
 * Asks Temporal about one workflow; one that does not exist is not running.
 *
 * @throws whatever the client throws when Temporal cannot be reached: that says nothing about the workflow.
 */
export async function workflowState(client: Client, workflowId: string): Promise<WorkflowState> {
  try {
    const { status, raw } = await client.workflow.getHandle(workflowId).describe();
    return {
      running: status.name === 'RUNNING',
      activities: (raw.pendingActivities ?? []).flatMap(({ activityType }) => activityType?.name ?? []),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { running: false, activities: [] };
    throw error;
  }
}
