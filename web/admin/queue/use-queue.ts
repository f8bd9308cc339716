import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { queueQuery, queueSummaryQuery } from '../queries.ts';
import { formatQueueFilter, type QueueFilter } from './queue-filter.ts';
import { useArranged } from './use-arranged.ts';
import { useArrivals } from './use-arrivals.ts';
import { useSelection } from './use-selection.ts';
import { useTicks } from './use-ticks.ts';

/** The queue as one person looks at it: what the server has, in the order it is shown, and what is marked in it. */
export function useQueue(filter: QueueFilter) {
  const list = formatQueueFilter(filter);
  const queue = useInfiniteQuery(queueQuery(filter));
  const summary = useQuery(queueSummaryQuery(filter));
  const requests = useArranged(
    list,
    queue.data?.pages.flatMap((page) => page.requests),
  );
  const ids = requests.map(({ request_id }) => request_id);
  const arrivals = useArrivals(list, queue.data?.pages[0]?.now, requests);
  const selection = useSelection(ids);
  const ticks = useTicks(ids);
  const ticked = requests.filter(({ request_id }) => ticks.isTicked(request_id));
  return { queue, summary, requests, ids, arrivals, selection, ticks, ticked };
}
