import type { Grant } from '../../activities/store/grants.ts';
import type { ScopeRequest } from '../../activities/store/requests.ts';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import type { ApprovalDeps } from './deps.ts';

/** How long the embedded Temporal keeps the history of what has ended (RULES 29). */
const historyKeptMs = 90 * 24 * 60 * 60 * 1_000;

/** Where the history of a request can be read; null without a UI, and once Temporal has dropped it. Pure. */
export function workflowUrl(
  temporalUi: ApprovalDeps['temporalUi'],
  request: Pick<ScopeRequest, 'request_id' | 'decided_at'>,
  grant: Pick<Grant, 'ended_at' | 'expires_at'> | undefined,
  now: Date,
): string | null {
  if (temporalUi === undefined) return null;
  // The workflow ends with the grant, or with a request that got none.
  const end = grant === undefined ? request.decided_at : (grant.ended_at ?? grant.expires_at);
  if (end !== null && now.getTime() - end.getTime() >= historyKeptMs) return null;
  return `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${encodeURIComponent(scopeUpgradeWorkflowId(request.request_id))}`;
}
