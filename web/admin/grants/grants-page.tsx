import { useState } from 'react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { KeyRound, SearchX } from 'lucide-react';
import { useAddressFilter } from '../../lib/use-address-filter.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterChoice } from '../../ui/filter-choice.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { TextFilter } from '../../ui/text-filter.tsx';
import { grantsQuery, policyQuery } from '../queries.ts';
import { GrantRow } from './grant-row.tsx';
import { grantFilterNames, grantViews, viewOf } from './grants-filter.ts';
import { PersonBar } from './person-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';

/** Who holds which permission now, and who held it before. */
export function GrantsPage() {
  useDocumentTitle('Grants · Countersign dashboard');
  const [filter, change] = useAddressFilter(grantFilterNames);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const list = useInfiniteQuery(grantsQuery(filter));
  const policy = useQuery(policyQuery);
  const view = viewOf(filter);
  const grants = list.data?.pages.flatMap((page) => page.grants) ?? [];
  // What has ended or is filtered out meanwhile is ticked no longer.
  const chosen = grants.filter((grant) => grant.can_revoke && ticked.includes(grant.grant_id));
  const narrowed = filter.q !== undefined || filter.scope !== undefined || filter.person !== undefined;
  return (
    <>
      <PageHeading title="Grants">
        <FilterChoice
          legend="Which grants"
          name="grants"
          options={grantViews}
          value={view}
          onChange={(wanted) => change({ view: wanted === 'active' ? undefined : wanted })}
        />
      </PageHeading>
      <div className="flex flex-wrap gap-2">
        <TextFilter
          label="Search grants"
          placeholder="Person, scope or client"
          value={filter.q ?? ''}
          onChange={(q) => change({ q })}
          className="sm:max-w-72"
        />
        <SelectField
          label="Scope"
          any="Every scope"
          options={(policy.data?.scopes ?? []).map(({ scope }) => ({ value: scope, label: scope }))}
          value={filter.scope}
          onChange={(scope) => change({ scope })}
        />
      </div>
      {filter.person !== undefined && (
        <PersonBar person={filter.person} grants={grants} onClear={() => change({ person: undefined })} />
      )}
      {list.isPending ? (
        <Loading label="Loading the grants" />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : grants.length === 0 ? (
        <EmptyState icon={narrowed ? <SearchX /> : <KeyRound />} title={emptyTitle(view, narrowed)}>
          A grant begins when a request is approved, and ends by itself.
        </EmptyState>
      ) : (
        <ul aria-label="Grants" className="grid min-w-0 gap-3">
          {grants.map((grant) => (
            <GrantRow
              key={grant.grant_id}
              grant={grant}
              inList={{
                ticked: chosen.includes(grant),
                onTick: (on) =>
                  setTicked((before) => [
                    ...before.filter((id) => id !== grant.grant_id),
                    ...(on ? [grant.grant_id] : []),
                  ]),
                onPerson: () => change({ person: grant.subject_email }),
              }}
            />
          ))}
        </ul>
      )}
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      {chosen.length > 0 && <SelectionBar grants={chosen} onClear={() => setTicked([])} />}
    </>
  );
}

function emptyTitle(view: ReturnType<typeof viewOf>, narrowed: boolean): string {
  if (narrowed) return 'No grant matches the filters';
  switch (view) {
    case 'active':
      return 'Nobody holds a grant now';
    case 'ending':
      return 'No grant ends within 15 minutes';
    case 'ended':
      return 'No grant has ended yet';
    default:
      return view satisfies never;
  }
}
