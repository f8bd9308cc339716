import { whyNotApprover } from '../../workflows/domain/approvers.ts';
import { grantBounds, grantSeconds } from '../../workflows/domain/grant-duration.ts';
import { grantStatus } from '../../workflows/domain/grant-status.ts';
import { isHighOrCritical, type Policy } from '../../workflows/domain/policy.ts';
import { isTerminal, publicStatus } from '../../workflows/domain/request-status.ts';
import { otherServers } from '../../workflows/domain/resources.ts';
import { requestSecurityLevel } from '../../workflows/domain/security-level.ts';
import { agentRunsOf } from '../../activities/store/agent-runs.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import type { Grant } from '../../activities/store/grants.ts';
import { namesOf, type PersonName } from '../../activities/store/people-names.ts';
import { reasonOf, type ScopeRequest } from '../../activities/store/requests.ts';
import { openStepUps } from '../../activities/store/step-ups.ts';
import { clientIntros } from '../clients/client-intro.ts';
import type { ClientIntro } from '../contract/client-intro.ts';
import type { RequestStatusResponse, ScopeRequestView } from '../contract/scope-requests.ts';
import type { CallerPerson } from '../sessions/caller.ts';
import { waitingPath } from '../step-up/waiting-path.ts';
import { consentAddress } from './consent-address.ts';

/** The requests with their grants and the names of everybody in them, read at once. */
export interface RequestContext {
  names: Map<string, PersonName>;
  grants: Map<string, Grant>;
}

/** Reads what the views of these requests need in two queries, however many there are. */
export async function requestContext(db: DbOrTrx, requests: readonly ScopeRequest[]): Promise<RequestContext> {
  const ids = requests.map(({ request_id }) => request_id);
  const [names, grants] = await Promise.all([
    namesOf(
      db,
      requests.flatMap(({ subject, decided_by }) => [subject, decided_by]),
    ),
    ids.length === 0 ? [] : db.selectFrom('grants').selectAll().where('request_id', 'in', ids).execute(),
  ]);
  return { names, grants: new Map(grants.map((grant) => [grant.request_id, grant])) };
}

/** The same, with what lists and the detail page show beyond the status. */
export interface ViewContext extends RequestContext {
  agentRuns: Map<string, string>;
  /** By request: the authorization request of a client that waits for it. */
  stepUps: Map<string, string>;
  client: (of: ScopeRequest) => ClientIntro;
}

/**
 * Reads what {@link requestView} needs, in a few queries at once.
 *
 * @param viewer where what clients wait for is shown, to the person themselves.
 */
export async function viewContext(
  deps: Parameters<typeof clientIntros>[0],
  requests: readonly ScopeRequest[],
  viewer?: { subject: string; now: Date },
): Promise<ViewContext> {
  const { db } = deps;
  const waiting = requests.filter(({ subject, status }) => subject === viewer?.subject && !isTerminal(status));
  const [context, client, agentRuns, stepUps] = await Promise.all([
    requestContext(db, requests),
    clientIntros(deps, requests),
    agentRunsOf(
      db,
      requests.map(({ request_id }) => request_id),
    ),
    viewer === undefined
      ? new Map<string, string>()
      : openStepUps(
          db,
          { subject: viewer.subject, requestIds: waiting.map(({ request_id }) => request_id) },
          viewer.now,
        ),
  ]);
  return { ...context, client, agentRuns, stepUps };
}

/** The status answer of the wire contract. Pure. */
export function statusView(request: ScopeRequest, context: RequestContext, now: Date): RequestStatusResponse {
  const grant = context.grants.get(request.request_id);
  const decider = request.decided_by === null ? null : (context.names.get(request.decided_by)?.email ?? null);
  const at = request.decided_at?.toISOString() ?? null;
  const approved = request.status === 'approved';
  const denied = request.status === 'denied';
  return {
    request_id: request.request_id,
    status: publicStatus(request.status),
    approved_by: approved ? (decider ?? 'policy') : null,
    approved_at: approved ? at : null,
    denied_by: denied ? (decider ?? 'policy') : null,
    denied_at: denied ? at : null,
    denial_reason: denied ? request.decision_note : null,
    cancelled_by:
      request.status === 'cancelled' ? (decider ?? context.names.get(request.subject)?.email ?? null) : null,
    expires_at: request.expires_at?.toISOString() ?? null,
    deciding: request.deciding,
    grant:
      grant === undefined
        ? null
        : {
            grant_id: grant.grant_id,
            status: grantStatus({ expiresAt: grant.expires_at.getTime(), endReason: grant.end_reason }, now.getTime()),
            scopes: grant.scopes,
            expires_at: grant.expires_at.toISOString(),
          },
  };
}

/** How long was asked for, and how long an approval of it would last under this policy. Pure. */
export function grantDuration(
  policy: Policy | undefined,
  { scopes, requested_duration_seconds: requested }: Pick<ScopeRequest, 'scopes' | 'requested_duration_seconds'>,
): Pick<ScopeRequestView, 'requested_duration_seconds' | 'grant_seconds' | 'max_grant_seconds'> {
  return {
    requested_duration_seconds: requested,
    grant_seconds: policy === undefined ? 0 : grantSeconds(policy, scopes, requested),
    max_grant_seconds: policy === undefined ? 0 : grantBounds(policy, scopes).maxSeconds,
  };
}

function waitingAddress(issuer: string, uid: string | undefined): string | null {
  return uid === undefined ? null : new URL(waitingPath(uid), issuer).href;
}

/** One request as lists and the detail page show it to this viewer. Pure. */
export function requestView(
  request: ScopeRequest,
  context: ViewContext,
  viewer: { person: CallerPerson; policy: Policy; issuer: string },
  now: Date,
): ScopeRequestView {
  const requester = context.names.get(request.subject);
  return {
    ...statusView(request, context, now),
    subject_email: requester?.email ?? '',
    subject_name: requester?.name ?? '',
    client_id: request.client_id,
    client: context.client(request),
    scopes: request.scopes,
    servers: otherServers(viewer.policy, request.scopes),
    tool_name: request.tool_name,
    tool_args: request.tool_args,
    justification: reasonOf(request),
    ...grantDuration(viewer.policy, request),
    risk: request.risk,
    decided_alone: isHighOrCritical(request.risk),
    security_level: requestSecurityLevel(viewer.policy, { toolName: request.tool_name, scopes: request.scopes }),
    approval_type: request.approval_type,
    rule: request.rule,
    policy_version: request.policy_version,
    created_at: request.created_at.toISOString(),
    decision_note: request.decision_note,
    cannot_decide:
      whyNotApprover(viewer.policy, viewer.person, request) ?? (isTerminal(request.status) ? 'already_decided' : null),
    consent_url: viewer.person.subject === request.subject ? consentAddress(viewer.issuer, request) : null,
    waiting_url: waitingAddress(viewer.issuer, context.stepUps.get(request.request_id)),
    own: viewer.person.subject === request.subject,
    agent_run: context.agentRuns.get(request.request_id) ?? null,
  };
}
