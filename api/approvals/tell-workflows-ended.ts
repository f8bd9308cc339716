import { tellGrantEnded } from '../../activities/requests/tell-grant-ended.ts';
import type { Ended } from '../../activities/store/end-everything.ts';
import { wakeConversation } from '../../activities/sweep/sweep-conversations.ts';
import type { ApprovalDeps } from './deps.ts';
import { deliverCancel } from './workflow-gateway.ts';

/** For the sake of timeliness: the rows decide, and workflows notice at their ends by themselves (RULES 14). */
export async function tellWorkflowsEnded(deps: Pick<ApprovalDeps, 'temporal' | 'logger'>, ended: Ended): Promise<void> {
  const told = await Promise.allSettled([
    ...ended.requests.map((requestId) => deliverCancel(deps.temporal, requestId)),
    ...ended.grantsOfRequests.map((requestId) => tellGrantEnded(deps.temporal, requestId)),
    ...ended.conversations.map((sessionId) => wakeConversation(deps.temporal, sessionId)),
  ]);
  for (const result of told) {
    if (result.status === 'rejected')
      deps.logger.warn({ err: result.reason as unknown }, 'a workflow could not be told');
  }
}
