import type { DbOrTrx } from '../../activities/store/connect.ts';
import type { Grant } from '../../activities/store/grants.ts';
import { namesOf, type PersonName } from '../../activities/store/people-names.ts';
import { approvesScopes } from '../../workflows/domain/approvers.ts';
import { grantStatus } from '../../workflows/domain/grant-status.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { GrantView } from '../contract/grants.ts';
import { revokesByToken } from '../sessions/deciding-token.ts';
import type { Caller } from '../sessions/caller.ts';

/** One grant as its caller sees it. */
export async function viewGrant(
  deps: { db: DbOrTrx },
  caller: Caller,
  grant: Grant,
  policy: Policy,
  now: Date,
): Promise<GrantView> {
  return grantView(grant, await namesOf(deps.db, [grant.subject, grant.ended_by]), caller, policy, now);
}

/** The same with the names at hand. Pure. */
export function grantView(
  grant: Grant,
  names: Map<string, PersonName>,
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
        : revokesByToken(policy, caller, grant)),
    can_return:
      status === 'active' &&
      grant.subject === caller.person.subject &&
      (caller.kind === 'browser' || grant.client_id === caller.clientId),
  };
}
