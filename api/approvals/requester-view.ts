import type { Policy } from '../../workflows/domain/policy.ts';
import { publicStatus } from '../../workflows/domain/request-status.ts';
import { listGrants } from '../../activities/store/grant-listing.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { findPerson } from '../../activities/store/people.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { countOutcomes, listRequests } from '../../activities/store/request-listing.ts';
import type { ScopeRequest } from '../../activities/store/requests.ts';
import type { RequestDetail } from '../contract/scope-requests.ts';
import { mayCallerSee, type Caller } from '../sessions/caller.ts';
import { clientIntros } from '../clients/client-intro.ts';
import { visibilityOf } from './list-requests.ts';

const recentShown = 5;
const grantsShown = 20;

/** The person behind a request and their other requests, as far as the caller may see what is theirs. */
export async function requesterView(
  deps: Parameters<typeof clientIntros>[0],
  caller: Caller,
  policy: Policy,
  request: ScopeRequest,
  now: Date,
): Promise<Omit<RequestDetail['requester'], 'email' | 'name'>> {
  const { db } = deps;
  const { subject, client_id: clientId } = request;
  const others = { subject, except: request.request_id, visibleTo: visibilityOf(caller, policy) };
  const [person, held, grants, outcomes, recent] = await Promise.all([
    findPerson(db, subject),
    heldScopes(db, { subject, clientId }, now),
    listGrants(db, { subject, status: 'active', now, limit: grantsShown }),
    countOutcomes(db, others),
    listRequests(db, { ...others, limit: recentShown }),
  ]);
  const [names, clientOf] = await Promise.all([
    namesOf(
      db,
      recent.map(({ decided_by }) => decided_by),
    ),
    clientIntros(deps, grants),
  ]);
  return {
    roles: [...(person?.roles ?? [])],
    active_grants: held.length,
    grants: grants
      .filter((grant) => mayCallerSee(policy, caller, grant))
      .map((grant) => ({
        grant_id: grant.grant_id,
        request_id: grant.request_id,
        client_id: grant.client_id,
        client: clientOf(grant),
        scopes: grant.scopes,
        expires_at: grant.expires_at.toISOString(),
      })),
    outcomes: {
      // Not yet looked at by policy is waiting, too.
      pending: (outcomes.get('requested') ?? 0) + (outcomes.get('pending') ?? 0),
      approved: outcomes.get('approved') ?? 0,
      denied: outcomes.get('denied') ?? 0,
      expired: outcomes.get('expired') ?? 0,
      cancelled: outcomes.get('cancelled') ?? 0,
    },
    recent: recent.map(({ request_id, status, scopes, tool_name, created_at, decided_by }) => ({
      request_id,
      status: publicStatus(status),
      scopes,
      tool_name,
      created_at: created_at.toISOString(),
      decided_by: decided_by === null ? null : (names.get(decided_by)?.email ?? decided_by),
    })),
  };
}
