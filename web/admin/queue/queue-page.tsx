import { useEffect, useRef, useState } from 'react';
import { X } from 'lucide-react';
import { useLocation, useSearch } from 'wouter';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Button } from '../../ui/button.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { useHotkeys } from '../keys/use-hotkeys.ts';
import { adminPaths } from '../paths.ts';
import { cannotDecideText } from '../request/labels.ts';
import type { Verdict } from '../request/recorded-decisions.ts';
import { ArrivalsChip } from './arrivals-chip.tsx';
import { BatchBar } from './batch-bar.tsx';
import { EmptyQueue, NothingMatches } from './queue-empty.tsx';
import { changeFilter, formatQueueFilter, parseQueueFilter, type QueueFilter } from './queue-filter.ts';
import { QueueFilters } from './queue-filters.tsx';
import { QueueList } from './queue-list.tsx';
import { QueueSearch } from './queue-search.tsx';
import { QueueDialogs, type Deciding } from './queue-dialogs.tsx';
import { leaveTrail } from './queue-trail.ts';
import { useQueue } from './use-queue.ts';
import { whyNotTogether } from './why-not-together.ts';

/** What waits for a decision, oldest first, so that nothing starves below newer requests. */
export function QueuePage() {
  useDocumentTitle('Queue · Countersign dashboard');
  const filter = parseQueueFilter(useSearch());
  const list = formatQueueFilter(filter);
  const [, navigate] = useLocation();
  const { queue, summary, requests, ids, arrivals, selection, ticks, ticked } = useQueue(filter);
  const [deciding, setDeciding] = useState<Deciding>();
  const search = useRef<HTMLInputElement>(null);

  const waits = filter.status === undefined;

  useEffect(() => leaveTrail({ filter, ids }));

  const go = (change: Parameters<typeof changeFilter>[1], replace = false): void =>
    navigate(`${adminPaths.queue}${formatQueueFilter(changeFilter(filter, change))}`, { replace });
  const clear = (): void => navigate(adminPaths.queue);
  const select = (id: string): void => {
    selection.select(id);
    arrivals.markSeen(id);
  };
  const move = (step: 1 | -1): void => {
    if (!selection.move(step) && step === 1 && queue.hasNextPage) void queue.fetchNextPage();
  };
  const decide = (verdict: Verdict) => (): void => {
    const request = requests.find(({ request_id }) => request_id === selection.selected);
    if (request === undefined) return;
    const refusal = cannotDecideText(request);
    if (refusal !== undefined) showToast('wait', refusal);
    else if (request.status === 'pending') setDeciding({ requests: [request], verdict, together: false });
  };
  const decideTicked = (verdict: Verdict) => (): void => {
    if (ticked.length === 0) return;
    const refusal = whyNotTogether(ticked);
    if (refusal === undefined) setDeciding({ requests: ticked, verdict, together: true });
    else showToast('wait', refusal);
  };
  const tick = (range: boolean) => (): void => {
    if (selection.selected === undefined || !waits) return;
    if (range) ticks.toggleTo(selection.selected);
    else ticks.toggle(selection.selected);
  };
  useHotkeys({
    j: () => move(1),
    k: () => move(-1),
    o: () => selection.selected !== undefined && navigate(adminPaths.request(selection.selected)),
    a: decide('approve'),
    d: decide('deny'),
    x: tick(false),
    'Shift+x': tick(true),
    'Shift+a': decideTicked('approve'),
    'Shift+d': decideTicked('deny'),
    '/': () => search.current?.focus(),
    Escape: ticks.clear,
  });

  return (
    <>
      <PageHeading title="Queue">
        <p className="mr-auto text-sm text-muted">
          {waits && summary.data !== undefined && countText(filter, summary.data)}
        </p>
        {list !== '' && requests.length > 0 && (
          <Button look="quiet" onClick={clear}>
            <X aria-hidden /> Clear the filters
          </Button>
        )}
      </PageHeading>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <QueueSearch field={search} words={filter.q ?? ''} onChange={(q) => go({ q }, true)} />
        <QueueFilters filter={filter} onChange={(name, value) => go({ [name]: value })} />
      </div>
      {queue.isPending ? (
        <Loading label="Loading the queue" />
      ) : queue.data === undefined ? (
        <LoadFailure error={queue.error} onRetry={() => void queue.refetch()} />
      ) : requests.length > 0 ? (
        <QueueList
          label={waits ? 'Waiting requests, oldest first' : 'Ended requests, newest first'}
          requests={requests}
          selected={selection.selected}
          isTicked={ticks.isTicked}
          isNew={(id) => arrivals.ids.includes(id)}
          onSelect={select}
          onTick={(id, range) => (range ? ticks.toggleTo(id) : ticks.toggle(id))}
          onTickAll={ticks.add}
        />
      ) : list === '' ? (
        <EmptyQueue />
      ) : (
        <NothingMatches onClear={clear} />
      )}
      <ShowMore more={queue.hasNextPage} loading={queue.isFetchingNextPage} onMore={() => void queue.fetchNextPage()} />
      <ArrivalsChip
        count={waits ? arrivals.ids.length : 0}
        onShow={() => {
          const [first] = arrivals.ids;
          for (const id of arrivals.ids) arrivals.markSeen(id);
          if (first !== undefined) selection.show(first);
        }}
      />
      {ticked.length > 0 && (
        <BatchBar
          requests={ticked}
          onDecide={(verdict) => setDeciding({ requests: ticked, verdict, together: true })}
          onClear={ticks.clear}
        />
      )}
      {deciding !== undefined && (
        <QueueDialogs
          deciding={deciding}
          onClose={() => setDeciding(undefined)}
          onDecided={selection.leave}
          onAllDecided={ticks.clear}
        />
      )}
    </>
  );
}

function countText(filter: QueueFilter, { waiting, more }: { waiting: number; more: boolean }): string {
  const count = `${waiting}${more ? '+' : ''}`;
  return formatQueueFilter(filter) === '' ? `${count} waiting` : `${count} waiting match`;
}
