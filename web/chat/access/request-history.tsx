import { useInfiniteQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { ownRequestsQuery } from './queries.ts';
import { RequestRow } from './request-row.tsx';

/** What one asked for, with how it ended. */
export function RequestHistory() {
  const list = useInfiniteQuery(ownRequestsQuery);
  const requests = list.data?.pages.flatMap((page) => page.requests) ?? [];
  if (list.isPending) return <Loading label="Loading your requests" />;
  if (list.data === undefined) return <LoadFailure error={list.error} onRetry={() => void list.refetch()} />;
  if (requests.length === 0) {
    return (
      <EmptyState icon={<Inbox />} title="You have asked for nothing yet">
        What the agent or you ask for is listed here, with who decided and why.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Your requests" className="grid min-w-0 gap-3">
        {requests.map((request) => (
          <RequestRow key={request.request_id} request={request} />
        ))}
      </ul>
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
