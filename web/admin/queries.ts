import { infiniteQueryOptions, queryOptions, type QueryKey } from '@tanstack/react-query';
import type { LiveEvent } from '../../api/contract/events.ts';
import type { GrantDetail, GrantList } from '../../api/contract/grants.ts';
import type { PolicyVersions, PolicyView } from '../../api/contract/policy.ts';
import type {
  RequestDetail,
  RequestList,
  RequestSummary,
  ScopeRequestView,
} from '../../api/contract/scope-requests.ts';
import type { Stats } from '../../api/contract/stats.ts';
import type { ToolDescriptionView, ToolList } from '../../api/contract/tools.ts';
import { getJson } from '../lib/api-client.ts';
import { userStatusKey } from '../lib/query-client.ts';
import { grantParameters, type GrantFilter } from './grants/grants-filter.ts';
import { formatQueueFilter, type QueueFilter } from './queue/queue-filter.ts';

export const requestsKey = ['requests'] as const;
const requestKey = ['request'] as const;
export const grantsKey = ['grants'] as const;
export const peopleKey = ['people'] as const;
export const clientsKey = ['clients'] as const;
const grantKey = ['grant'] as const;
const policyKey = ['policy'] as const;
const statsKey = ['stats'] as const;
export const toolsKey = ['tools'] as const;
/** What the newest entry of the audit log is; the log itself stands still while somebody reads it. */
export const auditKey = ['audit'] as const;

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

/** Grants as they are filtered. */
export function grantsQuery(filter: GrantFilter) {
  return infiniteQueryOptions({
    queryKey: [...grantsKey, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = grantParameters(filter);
      if (pageParam !== '') query.set('cursor', pageParam);
      return getJson<GrantList>(`/api/grants?${query.toString()}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** One grant, why it was given and what ran with it. */
export function grantQuery(grantId: string) {
  return queryOptions({
    queryKey: [...grantKey, grantId],
    queryFn: ({ signal }) => getJson<GrantDetail>(`/api/grants/${encodeURIComponent(grantId)}`, signal),
  });
}

/** The live policy. */
export const policyQuery = queryOptions({
  queryKey: [...policyKey, 'live'],
  queryFn: ({ signal }) => getJson<PolicyView>('/api/policy', signal),
});

/** Every policy that was live, newest first. */
export const policyVersionsQuery = infiniteQueryOptions({
  queryKey: [...policyKey, 'versions'],
  queryFn: ({ pageParam, signal }) =>
    getJson<PolicyVersions>(`/api/policy/versions${pageParam === '' ? '' : `?cursor=${pageParam}`}`, signal),
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor,
});

/** Figures over requests and grants. */
export const statsQuery = queryOptions({
  queryKey: statsKey,
  queryFn: ({ signal }) => getJson<Stats>('/api/stats', signal),
});

/** Every tool, as it stands for a person: oneself unless another one is named. */
export function toolsQuery(person: string | undefined) {
  return queryOptions({
    queryKey: [...toolsKey, person ?? ''],
    queryFn: ({ signal }) =>
      getJson<ToolList>(`/api/tools${person === undefined ? '' : `?subject=${encodeURIComponent(person)}`}`, signal),
  });
}

/** What a hosted tool takes. */
export function toolDescriptionQuery(name: string) {
  return queryOptions({
    queryKey: ['tool', name],
    queryFn: ({ signal }) => getJson<ToolDescriptionView>(`/api/tools/${encodeURIComponent(name)}`, signal),
    staleTime: 60_000,
    refetchInterval: false,
  });
}

/** What an event makes stale. A grant's end shows in its request, too, whose id the event does not name. */
export function affectedByEvent(event: LiveEvent): readonly QueryKey[] {
  switch (event.kind) {
    case 'request':
      return [requestsKey, [...requestKey, event.id], userStatusKey, peopleKey, statsKey, auditKey];
    case 'grant':
      return [grantsKey, grantKey, requestKey, requestsKey, peopleKey, clientsKey, statsKey, toolsKey, auditKey];
    case 'policy':
      return [requestsKey, requestKey, grantsKey, policyKey, toolsKey, userStatusKey, peopleKey, auditKey];
    case 'sign_out':
      return [userStatusKey, peopleKey];
    case 'person':
      return [peopleKey, requestKey, userStatusKey, toolsKey, policyKey, auditKey];
    case 'client':
      return [clientsKey, auditKey];
    case 'freeze':
      return [userStatusKey, requestKey, toolsKey, auditKey];
    case 'chat_session':
      return [];
  }
}

/** What a decision or a revocation here makes stale. */
export const affectedByDecision: readonly QueryKey[] = [
  requestsKey,
  requestKey,
  grantsKey,
  grantKey,
  statsKey,
  toolsKey,
  userStatusKey,
];

function listPath(path: string, status: string | undefined, cursor: string): string {
  const query = new URLSearchParams({ limit: '50' });
  if (status !== undefined) query.set('status', status);
  if (cursor !== '') query.set('cursor', cursor);
  return `${path}?${query.toString()}`;
}
