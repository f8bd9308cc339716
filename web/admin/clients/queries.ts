import { queryOptions } from '@tanstack/react-query';
import type { ClientDetail, ClientList } from '../../../api/contract/clients.ts';
import { getJson } from '../../lib/api-client.ts';
import { clientsKey } from '../queries.ts';

/** Every OAuth client. */
export const clientListQuery = queryOptions({
  queryKey: [...clientsKey, 'list'],
  queryFn: ({ signal }) => getJson<ClientList>('/api/clients', signal),
});

/** One client with what it holds. */
export function clientQuery(clientId: string) {
  return queryOptions({
    queryKey: [...clientsKey, 'one', clientId],
    queryFn: ({ signal }) => getJson<ClientDetail>(`/api/clients/${encodeURIComponent(clientId)}`, signal),
  });
}
