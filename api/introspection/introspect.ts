import { standingOf, type Standing } from '../../activities/store/credentials.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { ResourceServer } from '../../activities/store/resource-servers.ts';
import { stepUpCoolDown } from '../../activities/store/step-up-cool-down.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { denyingRule, evaluatePolicy, type PolicyQuestion } from '../../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { IntrospectBody, Introspection } from '../contract/introspection.ts';
import { recordCall } from './record-call.ts';
import type { IntrospectedToken } from './verify-token.ts';

/** What {@link introspect} needs. */
export interface IntrospectDeps {
  db: Db;
  issuer: string;
  now: () => Date;
}

type Active = Extract<Introspection, { active: true }>;

/**
 * What a token is good for at this moment, at the resource server that asks. The rows are read each time: a grant that
 * has ended, a sign-in that is over, an account that is closed and a client that is blocked count at once (RULES 14).
 *
 * @param token verified: it is ours, has not ended, and is for this very resource
 */
export async function introspect(
  deps: IntrospectDeps,
  server: ResourceServer,
  token: IntrospectedToken,
  asked: Omit<IntrospectBody, 'token'>,
): Promise<Introspection> {
  const now = deps.now();
  const { scopes, subject, clientId, jti } = token;
  const origin = { subject, clientId, issuedAt: new Date(token.issuedAt * 1_000), signIn: token.signIn };
  const standing = await standingOf(deps.db, { ...origin, jti: scopes.some(isElevated) ? jti : undefined }, now);
  if (standing === undefined || standing.person.disabled || standing.ended || standing.clientBlocked)
    return { active: false };
  const { policy, person } = standing;
  const live = [
    ...standing.live.filter(({ scope }) => scopes.includes(scope)),
    ...(standing.inBand?.live ?? []),
  ].filter(({ scope }) => policy.scopes[scope]?.resource === server.resource);
  const answer: Active = {
    active: true,
    scope: [...scopes.filter((scope) => !isElevated(scope)), ...new Set(live.map(({ scope }) => scope))].join(' '),
    client_id: clientId,
    sub: subject,
    username: person.email,
    iss: deps.issuer,
    aud: token.audience,
    iat: token.issuedAt,
    exp: token.expiresAt,
    jti,
    token_type: token.confirmation === undefined ? 'Bearer' : 'DPoP',
    ...(token.actor === undefined ? {} : { act: token.actor }),
    ...(token.confirmation === undefined ? {} : { cnf: token.confirmation }),
    in_band: standing.inBand !== undefined,
    grants: live.map(({ scope, grantId }) => ({ scope, grant_id: grantId })),
    ...aboutResource(standing, clientId, server.resource),
  };
  const { tool_name: toolName, tool_scope: scope } = asked;
  if (scope === undefined) return answer;
  if (toolName === undefined) {
    // One that policy does not know any more may have been another resource's.
    if (!Object.hasOwn(policy.scopes, scope)) return answer;
    const coolDown = await coolDownOf(deps.db, { subject, clientId, scopes: [scope] }, now);
    return { ...answer, ...(coolDown === undefined ? {} : { cool_down: coolDown }) };
  }
  const begins = asked.tool_event === 'called';
  // Live policy has the last word: whoever asks may not have heard yet.
  const needed = begins && Object.hasOwn(answer.tools, toolName) ? (answer.tools[toolName] ?? scope) : scope;
  const call = { ...asked, toolName, scope: needed, argumentDigest: asked.argument_digest };
  const begun = await recordCall(deps.db, server, token, live, call, now);
  return begins ? { ...answer, call: { ...begun, scope: needed } } : answer;
}

/**
 * A server asks about, and tells of, calls under its own scopes alone: what became of requests for others is not its to know.
 *
 * @throws {DomainError} `invalid_request`
 */
export function refuseForeignScope(policy: Policy, server: ResourceServer, scope: string | undefined): void {
  if (scope === undefined || !isElevated(scope) || !Object.hasOwn(policy.scopes, scope)) return;
  if (policy.scopes[scope]?.resource === server.resource) return;
  throw new DomainError('invalid_request', 'tool_scope is the scope of another resource');
}

async function coolDownOf(db: Db, of: Parameters<typeof stepUpCoolDown>[1], now: Date): Promise<Active['cool_down']> {
  const found = await stepUpCoolDown(db, of, now);
  if (found === undefined) return undefined;
  const { requestId, status, reason, until } = found;
  return { request_id: requestId, status, reason, until: until.toISOString() };
}

/** What a resource server needs to know of policy to refuse well: about its own scopes and tools, as to this caller. */
function aboutResource(
  { policy, person, clientVerified }: Standing,
  clientId: string,
  resource: string,
): Pick<Active, 'approval_types' | 'tools'> {
  const own = Object.entries(policy.scopes).flatMap(([scope, entry]) =>
    entry.resource === resource && isElevated(scope) ? [scope] : [],
  );
  const question = { roles: person.roles, disabled: person.disabled, clientId, clientVerified };
  return {
    approval_types: Object.fromEntries(own.map((scope) => [scope, approvalTypeOf(policy, question, scope)])),
    tools: Object.fromEntries(
      Object.entries(policy.tools).flatMap(([tool, { scope }]) => (own.includes(scope) ? [[tool, scope]] : [])),
    ),
  };
}

function approvalTypeOf(
  policy: Policy,
  question: Omit<PolicyQuestion, 'scopes'>,
  scope: string,
): Active['approval_types'][string] {
  const asked = { ...question, scopes: [scope] };
  return denyingRule(policy, asked, scope) === undefined ? evaluatePolicy(policy, asked).approvalType : 'forbidden';
}
