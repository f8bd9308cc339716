import { useState } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';

/** Requests that came after this list was opened and that nobody has looked at here yet. */
export interface Arrivals {
  ids: readonly string[];
  markSeen: (requestId: string) => void;
}

/**
 * Tells which of the requests are new here.
 *
 * @param openedAt the server's time of the first answer; undefined before it.
 */
export function useArrivals(
  list: string,
  openedAt: string | undefined,
  requests: readonly ScopeRequestView[],
): Arrivals {
  const [begun, setBegun] = useState<{ list: string; at: string; seen: ReadonlySet<string> }>();
  if (openedAt !== undefined && begun?.list !== list) setBegun({ list, at: openedAt, seen: new Set() });
  const ids =
    begun?.list === list
      ? requests
          .filter(({ created_at, request_id }) => created_at > begun.at && !begun.seen.has(request_id))
          .map(({ request_id }) => request_id)
      : [];
  const markSeen = (requestId: string): void => {
    setBegun((now) => (now === undefined ? now : { ...now, seen: new Set(now.seen).add(requestId) }));
  };
  return { ids, markSeen };
}
