import { useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Gavel } from 'lucide-react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterChoice } from '../../ui/filter-choice.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { requestsQuery } from '../queries.ts';
import { DecisionRow } from './decision-row.tsx';

type Filter = 'all' | Exclude<ScopeRequestView['status'], 'pending'>;

const filters: readonly { value: Filter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'approved', label: 'Approved' },
  { value: 'denied', label: 'Denied' },
  { value: 'expired', label: 'Expired' },
  { value: 'cancelled', label: 'Cancelled' },
];

/** Requests that have ended, newest first, each kind of end apart from the others. */
export function DecisionsPage() {
  useDocumentTitle('Decisions · Countersign dashboard');
  const [filter, setFilter] = useState<Filter>('all');
  const list = useInfiniteQuery(requestsQuery(filter === 'all' ? undefined : filter));
  const ended =
    list.data?.pages.flatMap((page) => page.requests).filter((request) => request.status !== 'pending') ?? [];
  return (
    <>
      <PageHeading title="Recent decisions">
        <FilterChoice legend="Which ends" name="decisions" options={filters} value={filter} onChange={setFilter} />
      </PageHeading>
      {list.isPending ? (
        <Loading label="Loading the decisions" />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : ended.length === 0 ? (
        <EmptyState
          icon={<Gavel />}
          title={filter === 'all' ? 'Nothing has been decided yet' : 'None of these so far'}
        />
      ) : (
        <ul aria-label="Decisions, newest first" className="grid min-w-0 gap-2">
          {ended.map((request) => (
            <DecisionRow key={request.request_id} request={request} />
          ))}
        </ul>
      )}
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
