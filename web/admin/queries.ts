import { infiniteQueryOptions, queryOptions, type QueryKey } from '@tanstack/react-query';
import type { LiveEvent } from '../../api/contract/events.ts';
import type { GrantList, GrantView } from '../../api/contract/grants.ts';
import type { RequestDetail, RequestList, ScopeRequestView } from '../../api/contract/scope-requests.ts';
import { getJson } from '../lib/api-client.ts';
import { userStatusKey } from '../lib/query-client.ts';

const requestsKey = ['requests'] as const;
const requestKey = ['request'] as const;
const grantsKey = ['grants'] as const;

/** Requests of one status, or of every status; the pending ones come oldest first. */
export function requestsQuery(status: ScopeRequestView['status'] | undefined) {
  return infiniteQueryOptions({
    queryKey: [...requestsKey, status ?? 'all'],
    queryFn: ({ pageParam, signal }) => getJson<RequestList>(listPath('/api/requests', status, pageParam), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** One request with its requester and what happened to it. */
export function requestQuery(requestId: string) {
  return queryOptions({
    queryKey: [...requestKey, requestId],
    queryFn: ({ signal }) => getJson<RequestDetail>(`/api/requests/${encodeURIComponent(requestId)}`, signal),
  });
}

/** Grants of one status, or of every status. */
export function grantsQuery(status: GrantView['status'] | undefined) {
  return infiniteQueryOptions({
    queryKey: [...grantsKey, status ?? 'all'],
    queryFn: ({ pageParam, signal }) => getJson<GrantList>(listPath('/api/grants', status, pageParam), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What an event makes stale. A grant's end shows in its request, too, whose id the event does not name. */
export function affectedByEvent(event: LiveEvent): readonly QueryKey[] {
  switch (event.kind) {
    case 'request':
      return [requestsKey, [...requestKey, event.id], userStatusKey];
    case 'grant':
      return [grantsKey, requestKey, requestsKey];
    case 'policy':
      return [requestsKey, requestKey, grantsKey, userStatusKey];
    case 'sign_out':
      return [userStatusKey];
    case 'chat_session':
      return [];
  }
}

/** What a decision or a revocation here makes stale. */
export const affectedByDecision: readonly QueryKey[] = [requestsKey, requestKey, grantsKey, userStatusKey];

function listPath(path: string, status: string | undefined, cursor: string): string {
  const query = new URLSearchParams({ limit: '50' });
  if (status !== undefined) query.set('status', status);
  if (cursor !== '') query.set('cursor', cursor);
  return `${path}?${query.toString()}`;
}
