import { useDeferredValue, useId } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { useSearchParams } from 'wouter';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { fieldClass } from '../../ui/field.ts';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { PersonRow } from './person-row.tsx';
import { peopleQuery } from './queries.ts';

/** Who has an account, with which roles, and what they have going on. The search stands in the address. */
export function PeoplePage() {
  useDocumentTitle('People · Countersign dashboard');
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get('search') ?? '';
  const list = useInfiniteQuery(peopleQuery(useDeferredValue(search.trim())));
  const field = useId();
  const people = list.data?.pages.flatMap((page) => page.people) ?? [];
  return (
    <>
      <PageHeading title="People">
        <div className="w-full sm:w-72">
          <label htmlFor={field} className="sr-only">
            Search by name or address
          </label>
          <input
            id={field}
            type="search"
            placeholder="Name or address"
            value={search}
            onChange={(event) => {
              const typed = event.target.value;
              setParameters(typed === '' ? {} : { search: typed }, { replace: true });
            }}
            className={fieldClass}
          />
        </div>
      </PageHeading>
      {list.isPending ? (
        <Loading label="Loading the people" rows={5} />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : people.length === 0 ? (
        <EmptyState icon={<Users />} title="Nobody of that name">
          No address and no name contains “{search}”.
        </EmptyState>
      ) : (
        <ul aria-label="People" className="grid min-w-0 rounded-xl border border-line bg-surface">
          {people.map((person) => (
            <PersonRow key={person.subject} person={person} />
          ))}
        </ul>
      )}
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
