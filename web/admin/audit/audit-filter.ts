import { startOfLocalDay } from '../../lib/address-filter.ts';

/** Everything that can narrow the log, as it stands in the address; days are of the reader's calendar. */
export const auditFilterNames = ['person', 'type', 'scope', 'request_id', 'grant_id', 'from', 'to'] as const;
export type AuditFilter = { [Name in (typeof auditFilterNames)[number]]?: string };

/** The filter as the server takes it: `to` is the whole day. Pure. */
export function auditParameters({ from, to, ...filter }: AuditFilter): URLSearchParams {
  const query = new URLSearchParams(filter);
  const [begin, end] = [startOfLocalDay(from), startOfLocalDay(to, 1)];
  if (begin !== undefined) query.set('from', begin);
  if (end !== undefined) query.set('to', end);
  return query;
}

/** Where the log is to be had as a file. Pure. */
export function exportPath(filter: AuditFilter, format: 'jsonl' | 'csv'): string {
  const query = auditParameters(filter);
  query.set('format', format);
  return `/api/audit/export?${query.toString()}`;
}
