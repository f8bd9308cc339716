import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, FileQuestion } from 'lucide-react';
import { Link } from 'wouter';
import { ApiError } from '../../lib/api-error.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { adminPaths } from '../paths.ts';
import { requestQuery } from '../queries.ts';
import { RequestView } from './request-view.tsx';

/** One request, from its own address. */
export function RequestPage({ requestId }: { requestId: string }) {
  const detail = useQuery(requestQuery(requestId));
  useDocumentTitle('Request · Countersign dashboard');
  return (
    <div className="grid min-w-0 gap-4">
      <Link
        href={adminPaths.queue}
        className="inline-flex w-fit items-center gap-1 py-1 text-sm text-accent hover:underline"
      >
        <ArrowLeft aria-hidden className="size-4" /> Queue
      </Link>
      {detail.error instanceof ApiError && detail.error.status === 404 ? (
        <EmptyState icon={<FileQuestion />} level={1} title="No such request">
          It does not exist, or it is not yours to see.
        </EmptyState>
      ) : detail.data !== undefined ? (
        <RequestView detail={detail.data} />
      ) : detail.isError ? (
        <LoadFailure error={detail.error} onRetry={() => void detail.refetch()} />
      ) : (
        <Loading label="Loading the request" />
      )}
    </div>
  );
}
