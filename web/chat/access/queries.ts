import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { AccessCallList, AccessGrantList, AccessScopeList } from '../../../api/contract/access.ts';
import type { ConnectionList } from '../../../api/contract/connections.ts';
import type { RequestList } from '../../../api/contract/scope-requests.ts';
import { getJson } from '../../lib/api-client.ts';
import { accessKey } from '../queries.ts';

/** Every scope and how one stands to it. */
export const scopesQuery = queryOptions({
  queryKey: [...accessKey, 'scopes'],
  queryFn: ({ signal }) => getJson<AccessScopeList>('/api/access/scopes', signal),
});

/** One's own grants, page by page. */
export function ownGrantsQuery(state: 'active' | 'ended') {
  return infiniteQueryOptions({
    queryKey: [...accessKey, 'grants', state],
    queryFn: ({ signal, pageParam }) =>
      getJson<AccessGrantList>(`/api/access/grants?state=${state}${pageParam}`, signal),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => cursorParameter(next_cursor),
  });
}

/** The clients that one lets act for oneself. */
export const connectionsQuery = queryOptions({
  queryKey: [...accessKey, 'connections'],
  queryFn: ({ signal }) => getJson<ConnectionList>('/api/access/connections', signal),
});

/** What one asked for, page by page. */
export const ownRequestsQuery = infiniteQueryOptions({
  queryKey: [...accessKey, 'requests'],
  queryFn: ({ signal, pageParam }) => getJson<RequestList>(`/api/access/requests?limit=20${pageParam}`, signal),
  initialPageParam: '',
  getNextPageParam: ({ next_cursor }) => cursorParameter(next_cursor),
});

/** What ran under one of one's grants. */
export function grantCallsQuery(grantId: string) {
  return queryOptions({
    queryKey: [...accessKey, 'calls', grantId],
    queryFn: ({ signal }) => getJson<AccessCallList>(`/api/access/grants/${encodeURIComponent(grantId)}/calls`, signal),
  });
}

function cursorParameter(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : `&cursor=${encodeURIComponent(cursor)}`;
}
