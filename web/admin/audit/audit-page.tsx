import { useCallback, useState } from 'react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, ScrollText, SearchX, ShieldCheck } from 'lucide-react';
import { useAddressFilter } from '../../lib/use-address-filter.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { policyQuery } from '../queries.ts';
import { auditFilterNames } from './audit-filter.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditList } from './audit-list.tsx';
import { auditLogQuery, newestEntryQuery } from './audit-queries.ts';
import { EntryDialog } from './entry-dialog.tsx';
import { ExportLinks } from './export-links.tsx';
import { namedEntries } from './named-entries.ts';
import { VerifyDialog } from './verify-dialog.tsx';

/** Everything that happened, newest first. What comes in while somebody reads waits until it is wanted. */
export function AuditPage() {
  useDocumentTitle('Audit · Countersign dashboard');
  const [address, change] = useAddressFilter([...auditFilterNames, 'entry']);
  const { entry: opened, ...filter } = address;
  const [verifying, setVerifying] = useState(false);
  const queries = useQueryClient();
  const log = useInfiniteQuery(auditLogQuery(filter));
  const newest = useQuery(newestEntryQuery(filter));
  const policy = useQuery(policyQuery);
  const entries = log.data?.pages.flatMap(namedEntries) ?? [];
  const isNewer =
    log.data !== undefined && newest.data !== undefined && BigInt(newest.data) > BigInt(entries[0]?.position ?? '0');
  const { fetchNextPage, isFetchingNextPage } = log;
  const onEnd = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const open = (entry: string | undefined): void => change({ entry });
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHeading title="Audit">
        <div className="flex flex-wrap gap-2">
          <ExportLinks filter={filter} />
          <Button onClick={() => setVerifying(true)}>
            <ShieldCheck aria-hidden /> Verify…
          </Button>
        </div>
      </PageHeading>
      <AuditFilters
        filter={filter}
        scopes={policy.data?.scopes.map(({ scope }) => scope) ?? []}
        onChange={(wanted) => change(wanted)}
      />
      <div role="status" className="flex justify-center empty:hidden">
        {isNewer && (
          <Button
            onClick={() => {
              window.scrollTo({ top: 0 });
              void queries.resetQueries({ queryKey: auditLogQuery(filter).queryKey });
            }}
          >
            <ArrowUp aria-hidden /> Show newer entries
          </Button>
        )}
      </div>
      {log.isPending ? (
        <Loading label="Loading the audit log" rows={8} />
      ) : log.data === undefined ? (
        <LoadFailure error={log.error} onRetry={() => void log.refetch()} />
      ) : entries.length === 0 ? (
        <EmptyState
          icon={filtered ? <SearchX /> : <ScrollText />}
          title={filtered ? 'No entry matches the filters' : 'Nothing has happened yet'}
        >
          {filtered ? 'Entries are never removed: widen the filters to see more.' : 'Entries appear by themselves.'}
        </EmptyState>
      ) : (
        <AuditList entries={entries} more={log.hasNextPage} onEnd={onEnd} onOpen={open} />
      )}
      {isFetchingNextPage && <Loading label="Loading older entries" rows={1} />}
      {opened !== undefined && /^\d{1,17}$/.test(opened) && (
        <EntryDialog
          position={opened}
          known={entries.find(({ position }) => position === opened)}
          onClose={() => open(undefined)}
        />
      )}
      {verifying && (
        <VerifyDialog
          onClose={() => setVerifying(false)}
          onOpen={(position) => {
            setVerifying(false);
            open(position);
          }}
        />
      )}
    </>
  );
}
