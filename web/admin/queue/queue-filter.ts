import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';

const risks = ['critical', 'high', 'medium', 'low', 'none'] as const satisfies NonNullable<ScopeRequestView['risk']>[];
const statuses = [
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
] as const satisfies ScopeRequestView['status'][];

/** What the queue is narrowed to; absent means anything, and `status` what waits. */
export interface QueueFilter {
  status?: (typeof statuses)[number];
  risk?: (typeof risks)[number];
  scope?: string;
  tool?: string;
  requester?: string;
  client?: string;
  /** Words to search for. */
  q?: string;
}

/** Everything that can stand in the address, in its order there. */
export const filterNames = ['status', 'risk', 'scope', 'tool', 'requester', 'client', 'q'] as const;

/** Reads the filter from the search part of an address. What makes no sense is left out: addresses get old. */
export function parseQueueFilter(search: string): QueueFilter {
  const given = new URLSearchParams(search);
  const text = (name: string): string | undefined => {
    const value = given.get(name)?.trim().slice(0, 200);
    return value === '' ? undefined : value;
  };
  const status = statuses.find((known) => known === given.get('status'));
  const risk = risks.find((known) => known === given.get('risk'));
  return withoutAbsent({
    status: status === 'pending' ? undefined : status,
    risk,
    scope: text('scope'),
    tool: text('tool'),
    requester: text('requester'),
    client: text('client'),
    q: text('q'),
  });
}

/** The search part of the queue's address: with its question mark, or empty. The same filter gives the same text. */
export function formatQueueFilter(filter: QueueFilter): string {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = filter[name];
    if (value !== undefined && value !== '' && value !== 'pending') query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The filter with one part changed; undefined takes it away. */
export function changeFilter(
  filter: QueueFilter,
  change: { [Name in keyof QueueFilter]: QueueFilter[Name] | undefined },
): QueueFilter {
  return parseQueueFilter(formatQueueFilter(withoutAbsent({ ...filter, ...change })));
}

function withoutAbsent(filter: { [Name in keyof QueueFilter]: QueueFilter[Name] | undefined }): QueueFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
