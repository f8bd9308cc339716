import { queryOptions } from '@tanstack/react-query';
import type { UserStatus } from '../../api/contract/user-status.ts';
import { getJson } from './api-client.ts';
import { askAgainMs } from './api-error.ts';
import { usualRefetchMs, userStatusKey } from './query-client.ts';

/** Who is signed in at this app's own server; a 401 means nobody. */
export const userStatusQuery = queryOptions({
  queryKey: userStatusKey,
  queryFn: ({ signal }) => getJson<UserStatus>('/api/user-status', signal),
  refetchInterval: ({ state }) => askAgainMs(state.error, usualRefetchMs()),
});
