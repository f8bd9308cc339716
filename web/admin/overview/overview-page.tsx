import { useQuery } from '@tanstack/react-query';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { statsQuery } from '../queries.ts';
import { Figures } from './figures.tsx';

/** How much is asked, how it ends, how long people take: sums, never single requests. */
export function OverviewPage() {
  useDocumentTitle('Overview · Countersign dashboard');
  const stats = useQuery(statsQuery);
  return (
    <>
      <PageHeading title="Overview">
        <p className="text-sm text-muted">Days are UTC</p>
      </PageHeading>
      {stats.isPending ? (
        <Loading label="Loading the figures" rows={5} />
      ) : stats.data === undefined ? (
        <LoadFailure error={stats.error} onRetry={() => void stats.refetch()} />
      ) : (
        <Figures stats={stats.data} />
      )}
    </>
  );
}
