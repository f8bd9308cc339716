import type { Grant } from '../../activities/store/grants.ts';
import { namesOf, type PersonName } from '../../activities/store/people-names.ts';
import { recordedRisks, type ScopeRequest } from '../../activities/store/requests.ts';
import { approvesScopes } from '../../workflows/domain/approvers.ts';
import { grantStatus } from '../../workflows/domain/grant-status.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { clientIntros } from '../clients/client-intro.ts';
import type { ClientIntro } from '../contract/client-intro.ts';
import type { GrantView } from '../contract/grants.ts';
import { revokesByToken } from '../sessions/deciding-token.ts';
import type { Caller } from '../sessions/caller.ts';

/** One grant as its caller sees it. */
export async function viewGrant(
  deps: Parameters<typeof clientIntros>[0],
  caller: Caller,
  grant: Grant,
  policy: Policy,
  now: Date,
): Promise<GrantView> {
  return grantView(grant, await grantContext(deps, [grant]), caller, policy, now);
}

/** The people in these grants, and through what each is held. */
export interface GrantContext {
  names: Map<string, PersonName>;
  client: (of: Grant) => ClientIntro;
  /** The requests that they came of, by id. */
  requests: Map<string, Pick<ScopeRequest, 'risk' | 'approval_type'>>;
}

/** Reads what {@link grantView} needs, at once. */
export async function grantContext(
  deps: Parameters<typeof clientIntros>[0],
  grants: readonly Grant[],
): Promise<GrantContext> {
  const [names, client, requests] = await Promise.all([
    namesOf(
      deps.db,
      grants.flatMap(({ subject, ended_by }) => [subject, ended_by]),
    ),
    clientIntros(deps, grants),
    recordedRisks(
      deps.db,
      grants.map(({ request_id }) => request_id),
    ),
  ]);
  return { names, client, requests };
}

/** The same with the names at hand. Pure. */
export function grantView(
  grant: Grant,
  { names, client, requests }: GrantContext,
  caller: Caller,
  policy: Policy,
  now: Date,
): GrantView {
  const status = grantStatus({ expiresAt: grant.expires_at.getTime(), endReason: grant.end_reason }, now.getTime());
  return {
    grant_id: grant.grant_id,
    request_id: grant.request_id,
    subject_email: names.get(grant.subject)?.email ?? '',
    client_id: grant.client_id,
    client: client(grant),
    scopes: grant.scopes,
    status,
    granted_at: grant.granted_at.toISOString(),
    expires_at: grant.expires_at.toISOString(),
    ended_at: grant.ended_at?.toISOString() ?? null,
    ended_by: grant.ended_by === null ? null : (names.get(grant.ended_by)?.email ?? grant.ended_by),
    can_revoke:
      status === 'active' &&
      (caller.kind === 'browser'
        ? approvesScopes(policy, caller.person, grant.scopes)
        : revokesByToken(policy, caller, grant, requests.get(grant.request_id))),
    can_return:
      status === 'active' &&
      grant.subject === caller.person.subject &&
      (caller.kind === 'browser' || grant.client_id === caller.clientId),
  };
}
