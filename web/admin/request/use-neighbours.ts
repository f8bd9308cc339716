import { useInfiniteQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { adminPaths } from '../paths.ts';
import { queueQuery } from '../queries.ts';
import { arrange } from '../queue/arrange.ts';
import { announceArrival, queueTrail } from '../queue/queue-trail.ts';
import { nextToDecide } from './next-to-decide.ts';
import { isRecorded } from './recorded-decisions.ts';

/** Where a request stands in the queue as it was last shown, and the ways from it to its neighbours. */
export function useNeighbours(requestId: string) {
  const trail = queueTrail();
  const [, navigate] = useLocation();
  const { data } = useInfiniteQuery(queueQuery(trail.filter));
  const requests = data?.pages.flatMap((page) => page.requests) ?? [];
  const live = arrange(trail.ids, requests);
  // The one shown keeps its place when it has left the queue.
  const ids = live.includes(requestId) ? live : trail.ids.filter((id) => id === requestId || live.includes(id));
  const at = ids.indexOf(requestId);
  const open = (id: string | undefined): void => {
    if (id !== undefined) navigate(adminPaths.request(id));
  };
  return {
    /** Of the waiting ones; 0 when this one is not among them. */
    position: at + 1,
    count: ids.length,
    openNext: () => open(at === -1 ? live[0] : ids[at + 1]),
    openPrevious: () => open(ids[at - 1]),
    /** After a decision: the next that the viewer may decide; stays where there is none. */
    openNextToDecide: () => {
      const next = nextToDecide(live, requestId, at, (id) => {
        const request = requests.find(({ request_id }) => request_id === id);
        return request?.status === 'pending' && request.cannot_decide === null && !isRecorded(id);
      });
      if (next === undefined) return;
      announceArrival();
      open(next);
    },
  };
}
