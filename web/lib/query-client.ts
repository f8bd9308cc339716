import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isNotSignedIn, isOutage } from './api-error.ts';
import { connectionNow } from './connection-store.ts';

/** The query of who is signed in; its 401 is what sends people to sign in. */
export const userStatusKey = ['user-status'] as const;

/** Without a live stream pages ask again by themselves; with one, rarely, in case an event was lost on the way. */
const pollMs = { live: 30_000, otherwise: 5_000 } as const;

/** How often a page asks again by itself. */
export function usualRefetchMs(): number {
  return connectionNow() === 'live' ? pollMs.live : pollMs.otherwise;
}

/** The query cache of one app. */
export function createQueryClient(): QueryClient {
  const askWhoIsSignedIn = (error: unknown): void => {
    if (isNotSignedIn(error)) void client.invalidateQueries({ queryKey: userStatusKey });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The session query itself must not ask itself again without end.
        if (query.queryKey[0] !== userStatusKey[0]) askWhoIsSignedIn(error);
      },
    }),
    mutationCache: new MutationCache({ onError: askWhoIsSignedIn }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchInterval: usualRefetchMs,
        retry: (failures, error) => failures < 2 && isOutage(error),
        retryDelay: 1_000,
        // Our server is on this machine or network: the browser's idea of being online says nothing about it.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
