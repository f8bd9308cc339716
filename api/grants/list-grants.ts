import type { z } from 'zod';
import { listGrants as listStoredGrants, type GrantFilter } from '../../activities/store/grant-listing.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { visibilityOf } from '../approvals/list-requests.ts';
import type { GrantList, listGrantsQuerySchema } from '../contract/grants.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import type { Caller } from '../sessions/caller.ts';
import { grantContext, grantView } from './view-grant.ts';

type ListQuery = Partial<z.output<typeof listGrantsQuerySchema>> & { limit: number };

/** Each word is looked for in people's names. */
const mostWords = 8;

/** One's own grants; for auditors all of them, for approvers those whose scopes they approve, too. */
export async function listGrants(
  deps: Pick<ApprovalDeps, 'db' | 'now'>,
  caller: Caller,
  query: ListQuery,
): Promise<GrantList> {
  const { db } = deps;
  const policy = await livePolicy(db);
  const cursor = decodeCursor(query.cursor);
  const now = deps.now();
  const rows = await listStoredGrants(db, {
    ...(await filterOf(deps, query, now)),
    visibleTo: visibilityOf(caller, policy),
    ...(query.order === undefined ? {} : { order: query.order }),
    ...(cursor === undefined ? {} : { after: { at: cursor.at, grantId: cursor.id } }),
    // One more than shown tells whether there is another page.
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const context = await grantContext(deps, page);
  return {
    grants: page.map((grant) => grantView(grant, context, caller, policy, now)),
    ...(rows.length > query.limit && last !== undefined
      ? {
          next_cursor: encodeCursor({
            at: query.order === 'ending' ? last.expires_at : last.granted_at,
            id: last.grant_id,
          }),
        }
      : {}),
    now: now.toISOString(),
  };
}

async function filterOf(deps: Pick<ApprovalDeps, 'db'>, query: ListQuery, now: Date): Promise<GrantFilter> {
  const { person, ends_within: within } = query;
  // Nobody of that address holds nothing.
  const subject = person?.includes('@') === true ? ((await findPersonByEmail(deps.db, person))?.subject ?? '') : person;
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.scope === undefined ? {} : { scope: query.scope }),
    ...(query.client === undefined ? {} : { clientId: query.client }),
    ...(query.request_id === undefined ? {} : { requestId: query.request_id }),
    ...(within === undefined ? {} : { endsBefore: new Date(now.getTime() + within * 1_000) }),
    words: query.q?.split(/\s+/).slice(0, mostWords) ?? [],
    now,
  };
}
