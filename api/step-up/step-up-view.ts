import type { Client } from 'oidc-provider';
import { livePolicy } from '../../activities/store/policies.ts';
import { reasonOf, type ScopeRequest } from '../../activities/store/requests.ts';
import type { StepUp } from '../../activities/store/step-ups.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { otherServerOf } from '../../workflows/domain/resources.ts';
import { ownRequestsAddress } from '../approvals/own-requests-address.ts';
import { requestView, viewContext } from '../approvals/request-view.ts';
import { clientIntros } from '../clients/client-intro.ts';
import type { StepUpView } from '../contract/step-ups.ts';
import { currentFreeze } from '../freeze/freeze-view.ts';
import { clientHost } from '../oauth/client-documents.ts';
import { answerTarget } from '../oauth/client-consent-page.ts';
import type { CallerPerson } from '../sessions/caller.ts';
import type { StepUpDeps } from './deps.ts';
import { stepUpStanding, type StepUpStanding } from './standing.ts';
import type { WayBack } from './way-back.ts';

/** Everything that the waiting page shows. */
export async function stepUpView(
  deps: StepUpDeps,
  shown: { stepUp: StepUp; client: Client | undefined; person: CallerPerson; wayBack: WayBack },
): Promise<StepUpView> {
  const { stepUp, client, person } = shown;
  const now = deps.now();
  const naming = { db: deps.db, registeredName: () => Promise.resolve(client?.clientName) };
  const [policy, standing, introOf, freeze] = await Promise.all([
    livePolicy(deps.db),
    stepUpStanding(deps, stepUp),
    clientIntros(naming, [stepUp]),
    currentFreeze(deps.db),
  ]);
  const context = await viewContext(naming, standing.requests);
  const viewer = { person, policy, issuer: deps.issuer };
  const { client_id, name, calls_itself, verified } = introOf(stepUp);
  const registeredAt = client?.clientIdIssuedAt;
  return {
    id: stepUp.uid,
    client: {
      client_id,
      name,
      calls_itself,
      verified,
      host: clientHost(stepUp.client_id) ?? null,
      registered_at: registeredAt === undefined ? null : new Date(registeredAt * 1_000).toISOString(),
      answer_goes_to: stepUp.redirect_uri === null ? 'the device that it runs on' : answerTarget(stepUp.redirect_uri),
    },
    scopes: stepUp.scopes.map((scope) =>
      scopeView(policy, { ...shown, clientVerified: verified }, scope, standing.held),
    ),
    justification: justificationState(standing),
    requests: standing.requests.map((request) => requestView(request, context, viewer, now)),
    status: statusOf(stepUp, standing),
    refusal: typeof standing.result?.['error_description'] === 'string' ? standing.result['error_description'] : null,
    way_back: shown.wayBack,
    continue_path: `/interaction/${stepUp.uid}/continue`,
    begun_at: stepUp.begun_at.toISOString(),
    expires_at: stepUp.expires_at.toISOString(),
    access_url: ownRequestsAddress(deps.chatUrl),
    freeze,
    now: now.toISOString(),
  };
}

function scopeView(
  policy: Policy,
  { stepUp, person, clientVerified }: { stepUp: StepUp; person: CallerPerson; clientVerified: boolean },
  scope: string,
  held: readonly string[],
): StepUpView['scopes'][number] {
  const rule = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
  if (rule === undefined) {
    const description = 'The policy does not know it any more.';
    return { scope, description, risk: 'none', server: null, held: false, decided_by: 'policy', approvers: [] };
  }
  const verdict = evaluatePolicy(policy, {
    ...person,
    clientId: stepUp.client_id,
    clientVerified,
    scopes: [scope],
  }).approvalType;
  const byApprovers = verdict === 'admin_required';
  return {
    scope,
    description: rule.description,
    risk: rule.risk,
    server: otherServerOf(policy, scope),
    held: held.includes(scope),
    decided_by: byApprovers ? 'approvers' : verdict === 'self' ? 'self' : 'policy',
    approvers: byApprovers ? [...rule.approverRoles] : [],
  };
}

function justificationState({ requests, result }: StepUpStanding): StepUpView['justification'] {
  if (result !== undefined) return 'closed';
  if (requests.length === 0) return 'needed';
  return requests.some(takesReason) ? 'optional' : 'closed';
}

/** Whether the person can still say why: who decides is somebody else and has not. */
export function takesReason(request: ScopeRequest): boolean {
  const open = !isTerminal(request.status) && !request.deciding;
  return open && request.approval_type !== 'self' && reasonOf(request) === null;
}

function statusOf(stepUp: StepUp, { requests, result }: StepUpStanding): StepUpView['status'] {
  if (result === undefined) return requests.length === 0 ? 'unasked' : 'waiting';
  if (stepUp.withdrawn_at !== null) return 'withdrawn';
  return 'error' in result ? 'refused' : 'granted';
}
