import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, FileQuestion } from 'lucide-react';
import { ApiError } from '../../lib/api-error.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useHotkeys } from '../keys/use-hotkeys.ts';
import { adminPaths } from '../paths.ts';
import { requestQuery } from '../queries.ts';
import { formatQueueFilter } from '../queue/queue-filter.ts';
import { queueTrail } from '../queue/queue-trail.ts';
import { BackLink } from '../shell/back-link.tsx';
import { RequestView } from './request-view.tsx';
import { useNeighbours } from './use-neighbours.ts';

/** One request, from its own address, with the ways back to the queue and to its neighbours there. */
export function RequestPage({ requestId }: { requestId: string }) {
  const detail = useQuery(requestQuery(requestId));
  const neighbours = useNeighbours(requestId);
  const { position, count } = neighbours;
  useDocumentTitle('Request · Countersign dashboard');
  useHotkeys({ j: neighbours.openNext, k: neighbours.openPrevious });
  return (
    <div className="grid min-w-0 gap-4">
      <div className="flex items-center gap-2">
        <div className="mr-auto">
          <BackLink href={`${adminPaths.queue}${formatQueueFilter(queueTrail().filter)}`}>Queue</BackLink>
        </div>
        {position > 0 && count > 1 && (
          <p className="text-sm text-muted">
            {position} of {count}
          </p>
        )}
        <Button
          look="quiet"
          aria-label="Previous in the queue"
          aria-keyshortcuts="K"
          disabled={position <= 1}
          onClick={neighbours.openPrevious}
        >
          <ChevronUp aria-hidden />
        </Button>
        <Button
          look="quiet"
          aria-label="Next in the queue"
          aria-keyshortcuts="J"
          disabled={position === count}
          onClick={neighbours.openNext}
        >
          <ChevronDown aria-hidden />
        </Button>
      </div>
      {detail.error instanceof ApiError && detail.error.status === 404 ? (
        <EmptyState icon={<FileQuestion />} level={1} title="No such request">
          It does not exist, or it is not yours to see.
        </EmptyState>
      ) : detail.data !== undefined ? (
        <RequestView detail={detail.data} onDecided={neighbours.openNextToDecide} />
      ) : detail.isError ? (
        <LoadFailure error={detail.error} onRetry={() => void detail.refetch()} />
      ) : (
        <Loading label="Loading the request" />
      )}
    </div>
  );
}
