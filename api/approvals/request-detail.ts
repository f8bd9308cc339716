import { approvesScopes, isAuditor } from '../../workflows/domain/approvers.ts';
import { parseCommand } from '../../workflows/domain/command/parse-command.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { scopePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { otherServerOf } from '../../workflows/domain/resources.ts';
import { findPolicyVersion } from '../../activities/store/policies.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import type { ScopeRequest } from '../../activities/store/requests.ts';
import type { RequestDetail } from '../contract/scope-requests.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { requestView, viewContext } from './request-view.ts';
import { requesterView } from './requester-view.ts';
import { timelineOf } from './timeline.ts';
import { workflowUrl } from './workflow-url.ts';

/** Everything an approver needs to decide: the request in full, who asks, what policy said, what happened so far. */
export async function requestDetail(deps: ApprovalDeps, caller: Caller, requestId: string): Promise<RequestDetail> {
  const { db } = deps;
  const { request, policy } = await findVisibleRequest(db, caller, requestId);
  const now = deps.now();
  const person = overOthers(caller);
  const [context, requester, judgedBy, timeline] = await Promise.all([
    viewContext(deps, [request]),
    requesterView(deps, caller, policy, request, now),
    request.policy_version === null ? undefined : findPolicyVersion(db, request.policy_version),
    timelineOf(db, requestId, (subjects) => namesOf(db, subjects), {
      attempts: isAuditor(person) || approvesScopes(policy, person, request.scopes),
    }),
  ]);
  const view = requestView(request, context, { person: caller.person, policy, issuer: deps.issuer }, now);
  return {
    request: view,
    digest: request.digest,
    requester: { email: view.subject_email, name: view.subject_name, ...requester },
    client: view.client,
    // The rules that sent it here; approvers are those of today, who decide.
    scopes: request.scopes.flatMap((scope) => scopeFacts(scope, judgedBy?.policy ?? policy, policy)),
    policy:
      request.policy_version === null
        ? null
        : {
            version: request.policy_version,
            live: request.policy_version === policy.version,
            activated_at: judgedBy?.activatedAt.toISOString() ?? null,
          },
    will_run: willRun(request),
    timeline,
    workflow_url: workflowUrl(deps.temporalUi, request, context.grants.get(requestId), now),
    now: now.toISOString(),
  };
}

function scopeFacts(scope: string, judgedBy: Policy, live: Policy): RequestDetail['scopes'] {
  if (!Object.hasOwn(judgedBy.scopes, scope)) return [];
  const { description, risk, grantedAtOnceTo, otherwise } = scopePolicy(judgedBy, scope);
  const stands = Object.hasOwn(live.scopes, scope);
  const approvers = stands ? scopePolicy(live, scope).approverRoles : [];
  return [
    {
      scope,
      description,
      risk,
      // Where an approval would count now.
      server: otherServerOf(stands ? live : judgedBy, scope),
      approvers: [...approvers],
      granted_at_once_to: [...grantedAtOnceTo],
      otherwise,
    },
  ];
}

/** The command taken apart by the code that the MCP server runs it with. */
function willRun({ tool_name, tool_args }: ScopeRequest): RequestDetail['will_run'] {
  const command = tool_args?.['command'];
  if (tool_name !== 'execute_command' || typeof command !== 'string') return null;
  try {
    return { stages: parseCommand(command).map(({ path, args }) => ({ path, args: [...args] })) };
  } catch (error) {
    if (error instanceof DomainError) return { refused: error.message };
    throw error;
  }
}
