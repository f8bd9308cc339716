import { useQuery } from '@tanstack/react-query';
import { Unplug } from 'lucide-react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ConnectionCard } from './connection-card.tsx';
import { connectionsQuery } from './queries.ts';

/** The clients that one lets act for oneself. */
export function ConnectionList() {
  const list = useQuery(connectionsQuery);
  if (list.isPending) return <Loading label="Loading your connected apps" />;
  if (list.data === undefined) return <LoadFailure error={list.error} onRetry={() => void list.refetch()} />;
  const { connections } = list.data;
  if (connections.length === 0) {
    return (
      <EmptyState icon={<Unplug />} title="No app is connected">
        An app that you sign in to through Countersign, such as a desktop assistant, is listed here once you let it act
        for you.
      </EmptyState>
    );
  }
  return (
    <ul aria-label="Connected apps" className="grid min-w-0 gap-3">
      {connections.map((connection) => (
        <ConnectionCard key={connection.client_id} connection={connection} />
      ))}
    </ul>
  );
}
