import { infiniteQueryOptions, queryOptions, type QueryKey } from '@tanstack/react-query';
import type { LiveEvent } from '../../api/contract/events.ts';
import type { GrantList, GrantView } from '../../api/contract/grants.ts';
import type {
  RequestDetail,
  RequestList,
  RequestSummary,
  ScopeRequestView,
} from '../../api/contract/scope-requests.ts';
import { getJson } from '../lib/api-client.ts';
import { userStatusKey } from '../lib/query-client.ts';
import { formatQueueFilter, type QueueFilter } from './queue/queue-filter.ts';

export const requestsKey = ['requests'] as const;
const requestKey = ['request'] as const;
export const grantsKey = ['grants'] as const;
export const peopleKey = ['people'] as const;
export const clientsKey = ['clients'] as const;

/** Requests of one status, or of every status; the pending ones come oldest first. */
export function requestsQuery(status: ScopeRequestView['status'] | undefined) {
  return infiniteQueryOptions({
    queryKey: [...requestsKey, status ?? 'all'],
    queryFn: ({ pageParam, signal }) => getJson<RequestList>(listPath('/api/requests', status, pageParam), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What a screen holds; more is fetched when somebody goes on. */
const queuePageSize = 25;

/** The queue as it is filtered, a screen at a time; what waits comes oldest first. */
export function queueQuery(filter: QueueFilter) {
  return infiniteQueryOptions({
    queryKey: [...requestsKey, 'queue', formatQueueFilter(filter)],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ status: 'pending', ...filter, limit: String(queuePageSize) });
      if (pageParam !== '') query.set('cursor', pageParam);
      return getJson<RequestList>(`/api/requests?${query.toString()}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** How many requests wait, and by what they can be filtered; `status` does not count. */
export function queueSummaryQuery({ status: _status, ...filter }: QueueFilter = {}) {
  const search = formatQueueFilter(filter);
  return queryOptions({
    queryKey: [...requestsKey, 'summary', search],
    queryFn: ({ signal }) => getJson<RequestSummary>(`/api/requests/summary${search}`, signal),
  });
}

/** A few waiting requests that have these words. */
export function foundRequestsQuery(words: string) {
  return queryOptions({
    queryKey: [...requestsKey, 'found', words],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ status: 'pending', q: words, limit: '6' });
      return getJson<RequestList>(`/api/requests?${query.toString()}`, signal);
    },
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
      return [requestsKey, [...requestKey, event.id], userStatusKey, peopleKey];
    case 'grant':
      return [grantsKey, requestKey, requestsKey, peopleKey, clientsKey];
    case 'policy':
      return [requestsKey, requestKey, grantsKey, userStatusKey, peopleKey];
    case 'sign_out':
      return [userStatusKey, peopleKey];
    case 'person':
      return [peopleKey, requestKey, userStatusKey];
    case 'client':
      return [clientsKey];
    case 'freeze':
      return [userStatusKey, requestKey];
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
