import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ClientDetail, ClientList } from '../../../api/contract/clients.ts';
import { getJson } from '../../lib/api-client.ts';
import { clientsKey } from '../queries.ts';

/** Every OAuth client: our own, those in use, registrations that nobody has used. */
export const clientListQuery = infiniteQueryOptions({
  queryKey: [...clientsKey, 'list'],
  queryFn: ({ pageParam, signal }) =>
    getJson<ClientList>(`/api/clients${pageParam === '' ? '' : `?cursor=${pageParam}`}`, signal),
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor,
});

/** One client with what it holds. */
export function clientQuery(clientId: string) {
  return queryOptions({
    queryKey: [...clientsKey, 'one', clientId],
    queryFn: ({ signal }) => getJson<ClientDetail>(`/api/clients/${encodeURIComponent(clientId)}`, signal),
  });
}
