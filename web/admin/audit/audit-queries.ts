import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { AuditPage } from '../../../api/contract/audit.ts';
import { getJson } from '../../lib/api-client.ts';
import { auditKey } from '../queries.ts';
import { auditParameters, type AuditFilter } from './audit-filter.ts';
import { namedEntries, type NamedEntry } from './named-entries.ts';

const pageSize = '100';

/** The log as it is filtered, newest first. It stands still until somebody wants what has come since. */
export function auditLogQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit-log', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = auditParameters(filter);
      query.set('limit', pageSize);
      if (pageParam !== '') query.set('cursor', pageParam);
      return getJson<AuditPage>(`/api/audit?${query.toString()}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });
}

/** The newest entry of the log as it is filtered: tells whether there is more than is shown. */
export function newestEntryQuery(filter: AuditFilter) {
  return queryOptions({
    queryKey: [...auditKey, 'newest', filter],
    queryFn: async ({ signal }) => {
      const query = auditParameters(filter);
      query.set('limit', '1');
      return (await getJson<AuditPage>(`/api/audit?${query.toString()}`, signal)).entries[0]?.position ?? '0';
    },
  });
}

/** One entry, wherever in the log. */
export function auditEntryQuery(position: string) {
  return queryOptions({
    queryKey: ['audit-entry', position],
    queryFn: async ({ signal }): Promise<NamedEntry | null> => {
      const after = (BigInt(position) + 1n).toString();
      const page = await getJson<AuditPage>(`/api/audit?limit=1&cursor=${after}`, signal);
      return namedEntries(page).find((entry) => entry.position === position) ?? null;
    },
    // An entry never changes.
    staleTime: Infinity,
    refetchInterval: false,
  });
}
