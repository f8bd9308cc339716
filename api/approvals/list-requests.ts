import type { z } from 'zod';
import { approvableScopes, isAuditor } from '../../workflows/domain/approvers.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import {
  listRequests as listStoredRequests,
  oldestWaiting,
  type RequestFilter,
} from '../../activities/store/request-listing.ts';
import type { Visibility } from '../../activities/store/visibility.ts';
import type { listRequestsQuerySchema, RequestList, requestSummaryQuerySchema } from '../contract/scope-requests.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { isOtherPeoplesClient, overOthers, type Caller } from '../sessions/caller.ts';
import { scopesDecidedByToken, whyInDashboardOnly } from '../sessions/deciding-token.ts';
import type { ApprovalDeps } from './deps.ts';
import { requestView, viewContext } from './request-view.ts';

type ListQuery = Partial<z.output<typeof listRequestsQuerySchema>> & { limit: number };

/** One's own requests; for auditors all of them, for approvers those whose scopes they approve, too. */
export async function listRequests(
  deps: Pick<ApprovalDeps, 'db' | 'issuer' | 'now' | 'registeredName'>,
  caller: Caller,
  query: ListQuery,
): Promise<RequestList> {
  const policy = await livePolicy(deps.db);
  const cursor = decodeCursor(query.cursor);
  const now = deps.now();
  const filter = await requestFilter(deps.db, caller, policy, query);
  const rows =
    filter === undefined
      ? []
      : await listStoredRequests(deps.db, {
          ...filter,
          ...(query.status === undefined ? {} : { status: query.status }),
          ...(cursor === undefined ? {} : { after: { createdAt: cursor.at, requestId: cursor.id } }),
          // One more than shown tells whether there is another page.
          limit: query.limit + 1,
        });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const counts = caller.mayDecide === true && query.status === 'pending' && cursor === undefined;
  const dashboardOnly = counts ? await inDashboardOnly(deps.db, caller, policy) : 0;
  const context = await viewContext(deps, page, { subject: caller.person.subject, now });
  return {
    requests: page.map((request) =>
      requestView(request, context, { person: caller.person, policy, issuer: deps.issuer }, now),
    ),
    ...(rows.length > query.limit && last !== undefined
      ? { next_cursor: encodeCursor({ at: last.created_at, id: last.request_id }) }
      : {}),
    ...(counts ? { dashboard_only: dashboardOnly } : {}),
    now: now.toISOString(),
  };
}

/** The oldest that one look goes through. */
const mostCounted = 1_000;

/**
 * How many requests wait that the person of a token may decide, and not through their client, among the oldest thousand that
 * wait in all: a number, and nothing of them. It takes no filter of the caller's, or asking with one filter after
 * another would spell out what they may not see.
 */
async function inDashboardOnly(db: DbOrTrx, caller: Caller, policy: Policy): Promise<number> {
  const { person } = caller;
  const visibleTo = { subject: person.subject, approvableScopes: approvableScopes(policy, person) };
  const rows = await oldestWaiting(db, { visibleTo }, mostCounted);
  return rows.filter(
    ({ client_id: clientId, approval_type: approvalType, ...row }) =>
      whyInDashboardOnly(policy, caller, { ...row, clientId, approvalType }) !== undefined,
  ).length;
}

/** A query as the store takes it, as far as the caller may see; undefined when nobody is the requester it names. */
export async function requestFilter(
  db: DbOrTrx,
  caller: Caller,
  policy: Policy,
  query: z.output<typeof requestSummaryQuerySchema>,
): Promise<RequestFilter | undefined> {
  const requester = query.requester === undefined ? undefined : await findPersonByEmail(db, query.requester);
  if (query.requester !== undefined && requester === undefined) return undefined;
  const words = query.q?.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)) ?? [];
  return {
    visibleTo: visibilityOf(caller, policy),
    ...(requester === undefined ? {} : { subject: requester.subject }),
    ...(query.risk === undefined ? {} : { risk: query.risk }),
    ...(query.scope === undefined ? {} : { scope: query.scope }),
    ...(query.tool === undefined ? {} : { toolName: query.tool }),
    ...(query.client === undefined ? {} : { clientId: query.client }),
    words: words.slice(0, mostWords),
  };
}

/** Each word is a look at an index. */
const mostWords = 8;

/** What the caller may see of others' requests and grants: as `maySee` has it, for the database (RULES 3, 9). */
export function visibilityOf(caller: Caller, policy: Policy): Visibility {
  const { clientId } = caller;
  const own = isOtherPeoplesClient(caller) ? { ownClientId: clientId } : {};
  if (caller.mayDecide === true) {
    return {
      ...own,
      subject: caller.person.subject,
      approvableScopes: scopesDecidedByToken(policy, caller),
      exceptClientId: clientId,
    };
  }
  const viewer = overOthers(caller);
  const { subject } = viewer;
  return isAuditor(viewer) ? { subject } : { ...own, subject, approvableScopes: approvableScopes(policy, viewer) };
}
