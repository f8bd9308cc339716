import { countCallsUnder } from '../../../activities/store/grant-calls.ts';
import { listGrants } from '../../../activities/store/grant-listing.ts';
import type { Grant } from '../../../activities/store/grants.ts';
import { namesOf, type PersonName } from '../../../activities/store/people-names.ts';
import { findRequests, reasonOf, type ScopeRequest } from '../../../activities/store/requests.ts';
import type { Db } from '../../../activities/store/connect.ts';
import { chatClientId } from '../../../workflows/domain/clients.ts';
import { grantStatus } from '../../../workflows/domain/grant-status.ts';
import { clientIntros } from '../../clients/client-intro.ts';
import type { ClientIntro } from '../../contract/client-intro.ts';
import type { AccessGrant, AccessGrantList } from '../../contract/access.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';

/** One's own grants, of every client, with why each was given. */
export async function ownGrants(
  deps: { db: Db; now: () => Date },
  subject: string,
  query: { state: 'active' | 'ended'; cursor?: string | undefined; limit: number },
): Promise<AccessGrantList> {
  const { db } = deps;
  const now = deps.now();
  const cursor = decodeCursor(query.cursor);
  const rows = await listGrants(db, {
    subject,
    status: query.state,
    ...(cursor === undefined ? {} : { after: { at: cursor.at, grantId: cursor.id } }),
    now,
    // One more than shown tells whether there is another page.
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const [found, calls] = await Promise.all([
    findRequests(
      db,
      page.map(({ request_id }) => request_id),
    ),
    countCallsUnder(
      db,
      page.map(({ grant_id }) => grant_id),
    ),
  ]);
  const requests = new Map(found.map((request) => [request.request_id, request]));
  const names = await namesOf(db, [
    ...page.map(({ ended_by }) => ended_by),
    ...found.map(({ decided_by }) => decided_by),
  ]);
  const clientOf = await clientIntros(deps, page);
  const last = page.at(-1);
  return {
    grants: page.flatMap((grant) => {
      const request = requests.get(grant.request_id);
      return request === undefined
        ? []
        : [view(grant, request, clientOf(grant), names, calls.get(grant.grant_id) ?? 0, now)];
    }),
    ...(rows.length > query.limit && last !== undefined
      ? { next_cursor: encodeCursor({ at: last.granted_at, id: last.grant_id }) }
      : {}),
    now: now.toISOString(),
  };
}

function view(
  grant: Grant,
  request: ScopeRequest,
  client: ClientIntro,
  names: ReadonlyMap<string, PersonName>,
  calls: number,
  now: Date,
): AccessGrant {
  const shown = (who: string): string => names.get(who)?.email ?? who;
  const status = grantStatus({ expiresAt: grant.expires_at.getTime(), endReason: grant.end_reason }, now.getTime());
  return {
    grant_id: grant.grant_id,
    client_id: grant.client_id,
    client,
    scopes: grant.scopes,
    status,
    granted_at: grant.granted_at.toISOString(),
    expires_at: grant.expires_at.toISOString(),
    ended_at: grant.ended_at?.toISOString() ?? null,
    ended_by: grant.ended_by === null ? null : shown(grant.ended_by),
    can_return: status === 'active' && grant.client_id === chatClientId,
    calls,
    why: {
      request_id: request.request_id,
      asked_at: request.created_at.toISOString(),
      justification: reasonOf(request),
      tool_name: request.tool_name,
      tool_args: request.tool_args,
      approval_type: request.approval_type,
      approved_by: request.decided_by === null ? 'policy' : shown(request.decided_by),
      comment: request.decision_note,
      rule: request.rule,
      policy_version: request.policy_version,
      // What other clients call a session is no conversation here.
      session_id: request.client_id === chatClientId ? request.session_id : null,
    },
  };
}
