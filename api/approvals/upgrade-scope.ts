import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import {
  evaluatePolicy,
  isSessionBound,
  scopePolicy,
  type PolicyVerdict,
} from '../../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import { findGrantOfRequest, frozenGrants, heldGrants, type Holder } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import {
  openRequest,
  type NewRequest,
  type RequestOrigin,
  type ScopeRequest,
} from '../../activities/store/requests.ts';
import { isClientVerified } from '../../activities/store/verified-clients.ts';
import type { UpgradeScopeRequest, UpgradeScopeResponse } from '../contract/scope-requests.ts';
import { currentFreeze, frozenError } from '../freeze/freeze-view.ts';
import type { Caller } from '../sessions/caller.ts';
import { consentAddress } from './consent-address.ts';
import type { ApprovalDeps } from './deps.ts';
import { issueToken } from './issue-token.ts';
import { refuseTooLong } from './refuse-too-long.ts';
import { refusedJustNow } from './refused-just-now.ts';
import { waitForRequest } from './wait-for-request.ts';
import { startScopeUpgrade } from './workflow-gateway.ts';

const answeredWithinMs = 3_000;

/**
 * Asks for scopes: held ones answer at once and create nothing, what policy grants at once is granted, anything else
 * waits for a person (RULES 19). Other people's clients get an answer of a moment ago once more.
 *
 * @throws {DomainError} `unknown_scope`, `justification_required`, `duration_too_long`, `grants_frozen`, `not_found` for a
 * foreign session, `rate_limited` when too many wait already, `temporarily_unavailable` when no verdict came in time (the
 * stored request is found again on retry).
 */
export async function upgradeScope(
  deps: ApprovalDeps,
  caller: Caller,
  body: UpgradeScopeRequest,
  origin?: RequestOrigin,
): Promise<UpgradeScopeResponse> {
  const policy = await livePolicy(deps.db);
  for (const scope of body.scopes) scopePolicy(policy, scope);
  const scopes = [...new Set(body.scopes)].filter(isElevated).sort();
  const given = await ownSession(deps, caller, body.session_id);
  const own = given ?? (caller.kind === 'browser' ? caller.sessionId : undefined);
  const holder: Holder = {
    subject: caller.person.subject,
    clientId: caller.clientId,
    ...(own === undefined ? {} : { sessionId: own }),
  };
  const held = new Set((await heldGrants(deps.db, holder, deps.now())).map(({ scope }) => scope));
  const missing = scopes.filter((scope) => !held.has(scope));
  if (missing.length === 0) return approved(deps, caller, holder, scopes, undefined);
  const again = await refusedJustNow(deps, caller, missing);
  if (again !== undefined) return again;
  const clientVerified = await isClientVerified(deps.db, caller.clientId);
  const verdict = evaluatePolicy(policy, {
    ...caller.person,
    clientId: caller.clientId,
    clientVerified,
    scopes: missing,
  });
  await refuseWhileFrozen(deps, holder, missing, verdict);
  requireJustification(policy, verdict, body.justification);
  if (body.duration_seconds !== undefined) refuseTooLong(policy, missing, body.duration_seconds);
  const sessionId = isSessionBound(policy, missing) ? requireSession(own, policy, caller, missing) : (given ?? null);
  const ask = (wanted: readonly string[]): Promise<ScopeRequest> =>
    settledRequest(deps, origin, {
      subject: caller.person.subject,
      clientId: caller.clientId,
      sessionId,
      scopes: wanted,
      toolName: body.tool_name ?? null,
      toolArgs: body.tool_args ?? null,
      justification: body.justification === undefined || body.justification === '' ? null : body.justification,
      ...(body.duration_seconds === undefined ? {} : { durationSeconds: body.duration_seconds }),
    });
  const parts = splitByVerdict(verdict);
  if (parts === undefined) return answer(deps, caller, holder, await ask(missing), scopes);
  const answers = await Promise.all(parts.map(async (part) => answer(deps, caller, holder, await ask(part), part)));
  return together(answers);
}

/**
 * What policy grants at once need not wait for the rest, and what the person decides themselves not for an approver:
 * a request for each verdict (the workflows judge them again). Where anything is refused the set stays whole, so that
 * nothing is granted beside a refusal.
 */
function splitByVerdict(verdict: PolicyVerdict): string[][] | undefined {
  if (verdict.approvalType === 'forbidden') return undefined;
  const parts = (['auto', 'self', 'admin_required'] as const)
    .map((type) => verdict.scopes.filter(({ approvalType }) => approvalType === type).map(({ scope }) => scope))
    .filter((scopes) => scopes.length > 0);
  return parts.length > 1 ? parts : undefined;
}

/** One answer for the requests of one set: what the person can do something about comes first. */
function together(answers: readonly UpgradeScopeResponse[]): UpgradeScopeResponse {
  const all = <Status extends UpgradeScopeResponse['status']>(status: Status) =>
    answers.filter((one): one is Extract<UpgradeScopeResponse, { status: Status }> => one.status === status);
  const [denied] = all('denied');
  if (denied !== undefined) return denied;
  const granted = all('approved');
  const approvedScopes = granted.flatMap((one) => one.approved_scopes);
  const { new_token: token, expires_in: expiresIn } = granted.at(-1) ?? {};
  const grantedPart = {
    ...(expiresIn === undefined ? {} : { auto_approved_scopes: approvedScopes, expires_in: expiresIn }),
    ...(token === undefined ? {} : { new_token: token }),
  };
  const [[own], [others]] = [all('pending_user_approval'), all('pending_admin_approval')];
  if (own !== undefined) {
    const rest = others === undefined ? {} : { admin_approval_request_id: others.approval_request_id };
    return { ...own, ...rest, ...grantedPart };
  }
  if (others !== undefined) return { ...others, ...grantedPart };
  const [first] = granted;
  if (first === undefined) throw new Error('A set of scopes without parts.');
  return { ...first, approved_scopes: approvedScopes, ...(token === undefined ? {} : { new_token: token }) };
}

/** Stores the request or joins the open one, starts its workflow, and waits for policy's word. */
async function settledRequest(
  deps: ApprovalDeps,
  origin: RequestOrigin | undefined,
  asked: NewRequest,
): Promise<ScopeRequest> {
  const { request } = await deps.db.transaction().execute((trx) => openRequest(trx, asked, origin));
  await startScopeUpgrade(deps, request.request_id);
  const settled = await waitForRequest(
    deps,
    request.request_id,
    ({ status }) => status !== 'requested',
    answeredWithinMs,
  );
  if (settled === undefined) {
    throw new DomainError(
      'temporarily_unavailable',
      'Your request is stored but has not been looked at yet. Send it again in a few seconds to see where it stands.',
    );
  }
  return settled;
}

async function answer(
  deps: ApprovalDeps,
  caller: Caller,
  holder: Holder,
  request: ScopeRequest,
  scopes: readonly string[],
): Promise<UpgradeScopeResponse> {
  switch (request.status) {
    case 'approved':
      return approved(deps, caller, holder, scopes, request);
    case 'requested':
    case 'pending': {
      const consentUrl = consentAddress(deps.issuer, request);
      if (consentUrl !== null) {
        return {
          status: 'pending_user_approval',
          approval_request_id: request.request_id,
          consent_url: consentUrl,
          expires_at: (request.expires_at ?? deps.now()).toISOString(),
          message: `${request.scopes.join(', ')} needs your own consent. Open the consent page and decide there.`,
        };
      }
      return {
        status: 'pending_admin_approval',
        approval_request_id: request.request_id,
        expires_at: (request.expires_at ?? deps.now()).toISOString(),
        message: `${request.scopes.join(', ')} needs another person's approval. An approver has been shown your request.`,
      };
    }
    case 'denied':
    case 'expired':
    case 'cancelled':
      return {
        status: 'denied',
        approval_request_id: request.request_id,
        reason: request.decision_note ?? `The request ended as ${request.status}.`,
      };
    default:
      return request.status satisfies never;
  }
}

async function approved(
  deps: ApprovalDeps,
  caller: Caller,
  holder: Holder,
  scopes: readonly string[],
  request: ScopeRequest | undefined,
): Promise<UpgradeScopeResponse> {
  const base = {
    status: 'approved' as const,
    auto_approved: request === undefined ? false : request.decided_by === null,
    approved_scopes: [...scopes],
    ...(request === undefined ? {} : { approval_request_id: request.request_id }),
    message: request === undefined ? 'You hold these scopes already.' : `Granted: ${scopes.join(', ')}.`,
  };
  // `new_token` is for the tools (RULES 10); scopes of this API come with the next token for it.
  if (caller.kind === 'bearer' && (await anyForTools(deps, scopes))) {
    const { token, expiresIn } = await issueToken(deps, holder, caller);
    return { ...base, new_token: token, expires_in: expiresIn };
  }
  const grant = request === undefined ? undefined : await findGrantOfRequest(deps.db, request.request_id);
  const end = grant?.expires_at ?? earliestEnd(await heldGrants(deps.db, holder, deps.now()), scopes) ?? deps.now();
  return { ...base, expires_in: Math.max(0, Math.floor((end.getTime() - deps.now().getTime()) / 1000)) };
}

async function anyForTools(deps: ApprovalDeps, scopes: readonly string[]): Promise<boolean> {
  const policy = await livePolicy(deps.db);
  return scopes.some((scope) => scopePolicy(policy, scope).resource === 'mcp');
}

function earliestEnd(held: readonly { scope: string; expiresAt: Date }[], scopes: readonly string[]): Date | undefined {
  const ends = held.filter(({ scope }) => scopes.includes(scope)).map(({ expiresAt }) => expiresAt.getTime());
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

/** In the chat a session is the person's own conversation; nobody else may name one. */
async function ownSession(
  deps: ApprovalDeps,
  caller: Caller,
  sessionId: string | undefined,
): Promise<string | undefined> {
  if (sessionId === undefined) return undefined;
  if (caller.clientId === chatClientId) {
    const own = await deps.db
      .selectFrom('chat_sessions')
      .select('session_id')
      .where('session_id', '=', sessionId)
      .where('subject', '=', caller.person.subject)
      .executeTakeFirst();
    if (own !== undefined) return own.session_id;
  }
  throw new DomainError('not_found', 'There is no such session of yours.');
}

function requireSession(
  sessionId: string | undefined,
  policy: Policy,
  { clientId }: Caller,
  scopes: readonly string[],
): string {
  if (sessionId !== undefined) return sessionId;
  const bound = scopes.filter((scope) => isSessionBound(policy, [scope])).join(', ');
  const next =
    clientId === chatClientId
      ? 'Name the conversation that it is for, as session_id.'
      : 'This client cannot get it: ask for it in the chat, and leave it out here.';
  throw new DomainError('invalid_request', `The policy binds ${bound} to one conversation in the chat. ${next}`);
}

/** Asking and waiting go on while grants are frozen; what would be granted at once, or is held already, comes to nothing. */
async function refuseWhileFrozen(
  deps: ApprovalDeps,
  holder: Holder,
  missing: readonly string[],
  verdict: PolicyVerdict,
): Promise<void> {
  const freeze = await currentFreeze(deps.db);
  if (freeze === null) return;
  const frozen = (await frozenGrants(deps.db, holder, deps.now())).map(({ scope }) => scope);
  const atOnce = verdict.scopes.filter(({ approvalType }) => approvalType === 'auto').map(({ scope }) => scope);
  if (missing.every((scope) => frozen.includes(scope))) {
    throw frozenError(`You hold ${missing.join(', ')} already, but it does not count now.`, freeze);
  }
  if (atOnce.length > 0) throw frozenError(`${atOnce.join(', ')} is not granted now.`, freeze);
}

function requireJustification(policy: Policy, verdict: PolicyVerdict, justification: string | undefined): void {
  if (justification !== undefined && justification !== '') return;
  const missing = verdict.scopes.find(
    ({ scope, approvalType }) =>
      (approvalType === 'admin_required' || approvalType === 'self') &&
      scopePolicy(policy, scope).justification === 'required',
  );
  if (missing !== undefined) {
    throw new DomainError('justification_required', `Say why you need ${missing.scope}: send a justification.`);
  }
}
