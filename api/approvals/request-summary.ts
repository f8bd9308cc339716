import type { z } from 'zod';
import { namesOf } from '../../activities/store/people-names.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { oldestWaiting } from '../../activities/store/request-listing.ts';
import type { RequestSummary, requestSummaryQuerySchema } from '../contract/scope-requests.ts';
import type { Caller } from '../sessions/caller.ts';
import { clientIntros } from '../clients/client-intro.ts';
import type { ApprovalDeps } from './deps.ts';
import { requestFilter } from './list-requests.ts';

/** What one look reads; a queue longer than this is said to be longer. */
const mostCounted = 1_000;

/** How many requests wait that match, and what there is to filter them by. */
export async function requestSummary(
  deps: Pick<ApprovalDeps, 'db' | 'now' | 'registeredName'>,
  caller: Caller,
  query: z.output<typeof requestSummaryQuerySchema>,
): Promise<RequestSummary> {
  const filter = await requestFilter(deps.db, caller, await livePolicy(deps.db), query);
  const rows = filter === undefined ? [] : await oldestWaiting(deps.db, filter, mostCounted + 1);
  const counted = rows.slice(0, mostCounted);
  const [names, clientOf] = await Promise.all([
    namesOf(
      deps.db,
      counted.map(({ subject }) => subject),
    ),
    clientIntros(deps, counted),
  ]);
  const clients = new Map(counted.map((request) => [request.client_id, clientOf(request)]));
  return {
    waiting: counted.length,
    more: rows.length > mostCounted,
    risks: countsOf(counted.flatMap(({ risk }) => risk ?? [])),
    scopes: countsOf(counted.flatMap(({ scopes }) => scopes)),
    tools: countsOf(counted.flatMap(({ tool_name }) => tool_name ?? [])),
    clients: countsOf(counted.map(({ client_id }) => client_id)).map((count) => {
      const client = clients.get(count.value);
      return { ...count, name: client?.name ?? count.value, verified: client?.verified ?? false };
    }),
    requesters: countsOf(counted.flatMap(({ subject }) => names.get(subject)?.email ?? [])),
    now: deps.now().toISOString(),
  };
}

/** Each value with how often it comes, the most frequent first. */
function countsOf(values: readonly string[]): { value: string; waiting: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, waiting]) => ({ value, waiting }))
    .sort((one, other) => other.waiting - one.waiting || one.value.localeCompare(other.value));
}
