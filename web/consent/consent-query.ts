import { queryOptions } from '@tanstack/react-query';
import type { Consent } from '../../api/contract/consents.ts';
import { getJson } from '../lib/api-client.ts';

/** What is asked; looked at again while it waits, as it can end elsewhere. */
export const consentQuery = (requestId: string) =>
  queryOptions({
    queryKey: ['consent', requestId],
    queryFn: ({ signal }) => getJson<Consent>(`/api/consents/${encodeURIComponent(requestId)}`, signal),
    refetchInterval: (query) => (query.state.data?.request.status === 'pending' ? 3_000 : false),
  });
