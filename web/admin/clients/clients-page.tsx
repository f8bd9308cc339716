import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Age } from '../../ui/age.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { adminPaths } from '../paths.ts';
import { ClientBadges } from './client-badges.tsx';
import { clientListQuery } from './queries.ts';

/** The OAuth clients that act for people here. */
export function ClientsPage() {
  useDocumentTitle('Clients · Countersign dashboard');
  const list = useInfiniteQuery(clientListQuery);
  return (
    <>
      <PageHeading title="Clients" />
      {list.isPending ? (
        <Loading label="Loading the clients" />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <ul aria-label="Clients" className="grid min-w-0 rounded-xl border border-line bg-surface">
          {list.data.pages
            .flatMap(({ clients }) => clients)
            .map((client) => (
              <li
                key={client.client_id}
                className="relative flex min-w-0 flex-wrap items-center justify-between gap-x-6 gap-y-1.5 border-line px-4 py-3 not-first:border-t hover:bg-sunken"
              >
                <div className="grid min-w-0 gap-0.5">
                  <p className="flex flex-wrap items-center gap-2">
                    <Link
                      href={adminPaths.client(client.client_id)}
                      className="font-semibold wrap-anywhere text-ink no-underline after:absolute after:inset-0"
                    >
                      <ClientName client={client} />
                    </Link>
                    <ClientBadges client={client} />
                  </p>
                  <p className="font-mono text-[0.8125rem] wrap-anywhere text-muted">{client.client_id}</p>
                </div>
                <p className="text-sm text-muted">
                  {client.active_grants === 0
                    ? 'Holds nothing now'
                    : `${client.active_grants} ${client.active_grants === 1 ? 'grant' : 'grants'} of ${client.people} ${client.people === 1 ? 'person' : 'people'}`}
                  {client.last_granted_at !== null && (
                    <>
                      {' '}
                      · last granted <Age since={client.last_granted_at} />
                    </>
                  )}
                </p>
              </li>
            ))}
        </ul>
      )}
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
