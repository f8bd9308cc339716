import { useInfiniteQuery } from '@tanstack/react-query';
import { History, KeyRound } from 'lucide-react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { GrantCard } from './grant-card.tsx';
import { ownGrantsQuery } from './queries.ts';

/** One's own grants: those held now, or those that have ended. */
export function GrantList({ state }: { state: 'active' | 'ended' }) {
  const list = useInfiniteQuery(ownGrantsQuery(state));
  const grants = list.data?.pages.flatMap((page) => page.grants) ?? [];
  if (list.isPending) return <Loading label="Loading your grants" />;
  if (list.data === undefined) return <LoadFailure error={list.error} onRetry={() => void list.refetch()} />;
  if (grants.length === 0) {
    return state === 'active' ? (
      <EmptyState icon={<KeyRound />} title="You hold nothing now">
        That is how it should be between tasks. The agent asks when it needs something.
      </EmptyState>
    ) : (
      <EmptyState icon={<History />} title="Nothing has ended yet">
        What you held before is listed here, with how it ended.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label={state === 'active' ? 'Held now' : 'Ended grants'} className="grid min-w-0 gap-3">
        {grants.map((grant) => (
          <GrantCard key={grant.grant_id} grant={grant} />
        ))}
      </ul>
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
