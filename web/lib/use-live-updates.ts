import { useEffect } from 'react';
import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import type { LiveEvent } from '../../api/contract/events.ts';
import { setConnection } from './connection-store.ts';
import { userStatusKey } from './query-client.ts';
import { refreshCalmly } from './refresh-calmly.ts';
import { openSharedLiveSource } from './shared-live-source.ts';

/**
 * Keeps what is shown fresh: each event invalidates the queries that `affected` names, each reopening all of them.
 * `affected` must be stable (declare it outside the component).
 */
export function useLiveUpdates(affected: (event: LiveEvent) => readonly QueryKey[]): void {
  const queries = useQueryClient();
  useEffect(() => {
    const refresh = refreshCalmly((queryKey) => void queries.invalidateQueries({ queryKey }));
    return openSharedLiveSource('/api/events', (signal) => {
      switch (signal.type) {
        case 'opened':
          setConnection('live');
          void queries.invalidateQueries();
          break;
        case 'event':
          for (const queryKey of affected(signal.event)) refresh(queryKey);
          break;
        case 'lost':
          setConnection('lost');
          // A refusal hides its reason; the session endpoint tells whether somebody must sign in again.
          if (signal.refused) void queries.invalidateQueries({ queryKey: userStatusKey });
          break;
      }
    });
  }, [queries, affected]);
}
