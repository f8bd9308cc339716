import { useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterChoice } from '../../ui/filter-choice.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { grantsQuery } from '../queries.ts';
import { GrantRow } from './grant-row.tsx';

const filters = [
  { value: 'active', label: 'Active' },
  { value: 'ended', label: 'Ended' },
] as const;

/** Who holds which permission now, and who held it before. */
export function GrantsPage() {
  useDocumentTitle('Grants · Countersign dashboard');
  const [filter, setFilter] = useState<(typeof filters)[number]['value']>('active');
  const list = useInfiniteQuery(grantsQuery(filter === 'active' ? 'active' : undefined));
  const all = list.data?.pages.flatMap((page) => page.grants) ?? [];
  const grants = filter === 'active' ? all : all.filter((grant) => grant.status !== 'active');
  return (
    <>
      <PageHeading title="Grants">
        <FilterChoice legend="Which grants" name="grants" options={filters} value={filter} onChange={setFilter} />
      </PageHeading>
      {list.isPending ? (
        <Loading label="Loading the grants" />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : grants.length === 0 ? (
        <EmptyState
          icon={<KeyRound />}
          title={filter === 'active' ? 'Nobody holds a grant now' : 'No grant has ended yet'}
        >
          A grant begins when a request is approved, and ends by itself.
        </EmptyState>
      ) : (
        <ul aria-label="Grants" className="grid min-w-0 gap-3">
          {grants.map((grant) => (
            <GrantRow key={grant.grant_id} grant={grant} />
          ))}
        </ul>
      )}
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
