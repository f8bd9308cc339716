import { queryOptions } from '@tanstack/react-query';
import type { LiveEvent } from '../../../api/contract/events.ts';
import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { getJson } from '../../lib/api-client.ts';
import { usualRefetchMs } from '../../lib/query-client.ts';

const key = ['step-up'] as const;

/** What a client's authorization request waits for. */
export const stepUpQuery = (id: string) =>
  queryOptions({
    queryKey: [...key, id],
    queryFn: ({ signal }) => getJson<StepUpView>(stepUpPath(id), signal),
    refetchInterval: usualRefetchMs,
  });

/** Where it is at the API, and `…/justification`, `…/cancel`. */
export function stepUpPath(id: string, action = ''): string {
  return `/api/step-ups/${encodeURIComponent(id)}${action}`;
}

/** Which live events change it: requests and grants of this person, blocks, a freeze, the policy. */
export const affectedByEvent = ({ kind }: LiveEvent): readonly (readonly string[])[] =>
  kind === 'chat_session' ? [] : [key];
