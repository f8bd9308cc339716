import { appendAudit } from '../../activities/store/audit.ts';
import { auditContext, type ScopeRequest } from '../../activities/store/requests.ts';
import { openStepUps } from '../../activities/store/step-ups.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { freshSignInMs, isFresh } from '../../workflows/domain/own-consent.ts';
import { otherServerOf } from '../../workflows/domain/resources.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { z } from 'zod';
import type { Consent, consentBodySchema } from '../contract/consents.ts';
import type { RequestStatusResponse } from '../contract/scope-requests.ts';
import type { Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';
import { signInAddress } from '../sessions/sign-in-address.ts';
import { waitingPath } from '../step-up/waiting-path.ts';
import { consentPath } from './consent-address.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { requestView, viewContext } from './request-view.ts';
import { takeDecision } from './take-decision.ts';

/**
 * What the consent page shows: the request in full, what asks, and whether the sign-in is fresh enough.
 *
 * @throws {DomainError} `not_found` to everybody but the person who asked, and for what others decide;
 * `client_not_allowed` to a token.
 */
export async function showConsent(deps: ApprovalDeps, caller: Caller, requestId: string): Promise<Consent> {
  const { request, policy } = await findOwn(deps, caller, requestId);
  const now = deps.now();
  const context = await viewContext(deps, [request]);
  const maxAgeMs = freshSignInMs(policy, request.scopes);
  const signedInAt = caller.authenticatedAt?.getTime() ?? 0;
  const fresh = isFresh(policy, request.scopes, { at: signedInAt, now: now.getTime() });
  return {
    request: requestView(request, context, { person: caller.person, policy, issuer: deps.issuer }, now),
    client: context.client(request),
    scopes: request.scopes.flatMap((scope) => {
      const rule = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
      if (rule === undefined) return [];
      const { description, risk } = rule;
      return [{ scope, description, risk, server: otherServerOf(policy, scope) }];
    }),
    sign_in: {
      fresh,
      fresh_until: fresh ? new Date(signedInAt + maxAgeMs).toISOString() : null,
      max_age_seconds: Math.floor(maxAgeMs / 1_000),
      address: signInAddress(consentPath(request.request_id)),
    },
    return_url: await cameFrom(deps, request),
    now: now.toISOString(),
  };
}

/**
 * Takes the person's own decision: a signed statement like any other, judged by the workflow and again at the mint.
 * Allowing takes a fresh sign-in, refusing does not.
 *
 * @throws {DomainError} as {@link showConsent}; `fresh_sign_in_required`, and what `takeDecision` says.
 */
export async function decideConsent(
  deps: ApprovalDeps,
  caller: Caller,
  requestId: string,
  body: z.output<typeof consentBodySchema>,
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  const { request, policy } = await findOwn(deps, caller, requestId);
  const signedInAt = caller.authenticatedAt?.getTime() ?? 0;
  const verdict = body.decision === 'allow' ? 'approve' : 'deny';
  if (verdict === 'approve') await requireFreshSignIn(deps, caller, request, policy, signedInAt);
  return takeDecision(
    deps,
    {
      request,
      policy,
      approver: caller.person.subject,
      claims: { kind: 'self', auth_time: Math.floor(signedInAt / 1_000) },
    },
    {
      verdict,
      note: verdict === 'deny' ? 'Refused on the consent page by the person who asked.' : null,
      durationSeconds: verdict === 'approve' ? body.duration_seconds : undefined,
    },
  );
}

/** The conversation that asked, or the page on which they wait for what a client asked. */
async function cameFrom(deps: ApprovalDeps, request: ScopeRequest): Promise<string | null> {
  if (request.client_id === chatClientId) {
    return request.session_id !== null && deps.chatUrl !== undefined
      ? new URL(`/c/${encodeURIComponent(request.session_id)}`, deps.chatUrl).href
      : null;
  }
  const { subject, request_id: requestId } = request;
  const waiting = (await openStepUps(deps.db, { subject, requestIds: [requestId] }, deps.now())).get(requestId);
  return waiting === undefined ? null : new URL(waitingPath(waiting), deps.issuer).href;
}

async function findOwn(
  deps: ApprovalDeps,
  caller: Caller,
  requestId: string,
): Promise<{ request: ScopeRequest; policy: Policy }> {
  if (caller.kind !== 'browser') {
    throw new DomainError(
      'client_not_allowed',
      'Consent is given by the person on the consent page, never by a token. Open the consent_url in a browser.',
    );
  }
  const found = await findVisibleRequest(deps.db, caller, requestId);
  const own = found.request.subject === caller.person.subject;
  if (own && found.request.approval_type === 'self') return found;
  if (!own) {
    await recordRefusedAccess(deps.db, caller, { what: 'consent', ...auditContext(found.request) });
  }
  throw new DomainError(
    'not_found',
    'There is nothing here for you to consent to. Only the person who asked can, signed in as themselves.',
  );
}

async function requireFreshSignIn(
  deps: ApprovalDeps,
  caller: Caller,
  request: ScopeRequest,
  policy: Policy,
  signedInAt: number,
): Promise<void> {
  if (isFresh(policy, request.scopes, { at: signedInAt, now: deps.now().getTime() })) return;
  await appendAudit(deps.db, {
    type: 'decision.refused',
    actor: caller.person.subject,
    ...auditContext(request),
    data: { verdict: 'approve', code: 'fresh_sign_in_required' },
  });
  throw new DomainError(
    'fresh_sign_in_required',
    'You signed in too long ago to allow this. Sign in again to show that it is you.',
    { details: { sign_in_address: signInAddress(consentPath(request.request_id)) } },
  );
}
