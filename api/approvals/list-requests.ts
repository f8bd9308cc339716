import { approvesSomething, isAuditor, maySee } from '../../workflows/domain/approvers.ts';
import { scopePolicy } from '../../workflows/domain/evaluate-policy.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { listRequests as listStoredRequests } from '../../activities/store/requests.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { findPerson } from '../../activities/store/people.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import type { RequestDetail, RequestList } from '../contract/scope-requests.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { requestContext, requestView } from './request-view.ts';
import { timelineOf } from './timeline.ts';

/** One's own requests; for auditors all of them, for approvers those whose scopes they approve. */
export async function listRequests(
  deps: ApprovalDeps,
  caller: Caller,
  query: {
    status?: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<RequestList> {
  const policy = await livePolicy(deps.db);
  const viewer = overOthers(caller);
  const seesOthers = isAuditor(viewer) || approvesSomething(policy, viewer);
  const cursor = decodeCursor(query.cursor);
  const rows = await listStoredRequests(deps.db, {
    ...(seesOthers ? {} : { subject: caller.person.subject }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(cursor === undefined ? {} : { after: { createdAt: cursor.at, requestId: cursor.id } }),
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const visible = page.filter((request) => maySee(policy, viewer, request));
  const context = await requestContext(deps.db, visible);
  const now = deps.now();
  return {
    requests: visible.map((request) => requestView(request, context, { person: caller.person, policy }, now)),
    ...(rows.length > query.limit && last !== undefined
      ? { next_cursor: encodeCursor({ at: last.created_at, id: last.request_id }) }
      : {}),
    now: now.toISOString(),
  };
}

/** Everything an approver needs to decide: the request in full, who asks, what policy said, what happened so far. */
export async function requestDetail(deps: ApprovalDeps, caller: Caller, requestId: string): Promise<RequestDetail> {
  const { request, policy } = await findVisibleRequest(deps.db, caller, requestId);
  const now = deps.now();
  const requester = await findPerson(deps.db, request.subject);
  const held = await heldScopes(deps.db, { subject: request.subject, clientId: request.client_id }, now);
  const view = requestView(request, await requestContext(deps.db, [request]), { person: caller.person, policy }, now);
  return {
    request: view,
    requester: {
      email: view.subject_email,
      name: view.subject_name,
      roles: [...(requester?.roles ?? [])],
      active_grants: held.length,
    },
    scopes: request.scopes
      .filter((scope) => Object.hasOwn(policy.scopes, scope))
      .map((scope) => {
        const { description, risk, approverRoles } = scopePolicy(policy, scope);
        return { scope, description, risk, approvers: [...approverRoles] };
      }),
    timeline: await timelineOf(deps.db, requestId, (subjects) => namesOf(deps.db, subjects)),
    workflow_url: workflowUrl(deps, requestId),
    now: now.toISOString(),
  };
}

function workflowUrl({ temporalUi }: ApprovalDeps, requestId: string): string | null {
  if (temporalUi === undefined) return null;
  return `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${encodeURIComponent(scopeUpgradeWorkflowId(requestId))}`;
}
