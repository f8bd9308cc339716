import { useRef, useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheck, Keyboard, SearchX } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { fieldClass } from '../../ui/field.ts';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { adminPaths } from '../paths.ts';
import { requestsQuery } from '../queries.ts';
import { DecisionDialog } from '../request/decision-dialog.tsx';
import { cannotDecideText } from '../request/labels.ts';
import type { Verdict } from '../request/recorded-decisions.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { matchesFilter } from './matches-filter.ts';
import { QueueRow } from './queue-row.tsx';
import { useSingleKeys } from './single-keys.ts';
import { useHotkeys } from './use-hotkeys.ts';
import { useSelection } from './use-selection.ts';

/** What waits for a decision, oldest first, so that nothing starves below newer requests. */
export function QueuePage() {
  useDocumentTitle('Queue · Countersign dashboard');
  const queue = useInfiniteQuery(requestsQuery('pending'));
  const [filter, setFilter] = useState('');
  const [keysShown, showKeys] = useState(false);
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const [deciding, setDeciding] = useState<{ request: ScopeRequestView; verdict: Verdict }>();
  const [, navigate] = useLocation();
  const search = useRef<HTMLInputElement>(null);

  const waiting = queue.data?.pages.flatMap((page) => page.requests) ?? [];
  const shown = waiting.filter((request) => matchesFilter(request, filter));
  const { selected, select, move } = useSelection(shown.map((request) => request.request_id));
  const selectedRequest = shown.find((request) => request.request_id === selected);

  const decide = (verdict: Verdict) => (): void => {
    if (selectedRequest === undefined) return;
    const refusal = cannotDecideText(selectedRequest.cannot_decide);
    if (refusal === undefined) setDeciding({ request: selectedRequest, verdict });
    else showToast('wait', refusal);
  };
  useHotkeys(singleKeys, {
    j: () => move(1),
    k: () => move(-1),
    o: () => selected !== undefined && navigate(adminPaths.request(selected)),
    a: decide('approve'),
    d: decide('deny'),
    '/': () => search.current?.focus(),
    '?': () => showKeys(true),
  });

  return (
    <>
      <PageHeading title="Queue">
        <div className="flex min-w-0 flex-1 items-center justify-end gap-2">
          <input
            ref={search}
            type="search"
            aria-label="Filter the queue"
            placeholder="Filter"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            className={`${fieldClass} max-w-60 min-w-0`}
          />
          <Button look="quiet" aria-label="Keyboard shortcuts" onClick={() => showKeys(true)}>
            <Keyboard aria-hidden />
          </Button>
        </div>
      </PageHeading>
      {queue.isPending ? (
        <Loading label="Loading the queue" />
      ) : queue.data === undefined ? (
        <LoadFailure error={queue.error} onRetry={() => void queue.refetch()} />
      ) : waiting.length === 0 ? (
        <EmptyState icon={<CircleCheck />} title="Nothing waits for a decision">
          New requests appear here by themselves.{' '}
          <Link href={adminPaths.decisions} className="text-accent underline">
            See recent decisions
          </Link>
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState icon={<SearchX />} title="No waiting request matches the filter">
          <Button className="mt-2" onClick={() => setFilter('')}>
            Clear the filter
          </Button>
        </EmptyState>
      ) : (
        <ul aria-label="Waiting requests, oldest first" className="grid min-w-0 gap-3">
          {shown.map((request) => (
            <QueueRow
              key={request.request_id}
              request={request}
              selected={request.request_id === selected}
              onSelect={() => select(request.request_id)}
            />
          ))}
        </ul>
      )}
      <ShowMore more={queue.hasNextPage} loading={queue.isFetchingNextPage} onMore={() => void queue.fetchNextPage()} />
      {deciding !== undefined && <DecisionDialog {...deciding} onClose={() => setDeciding(undefined)} />}
      {keysShown && <KeysDialog on={singleKeys} onChange={setSingleKeys} onClose={() => showKeys(false)} />}
    </>
  );
}
