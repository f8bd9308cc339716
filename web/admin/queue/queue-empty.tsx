import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheck, SearchX } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Moment } from '../../ui/moment.tsx';
import { adminPaths } from '../paths.ts';
import { requestsQuery } from '../queries.ts';
import { endOfRequest } from '../request/end-of-request.ts';

/** Nothing waits: that is the aim, so it says what was last decided. */
export function EmptyQueue() {
  const { data } = useInfiniteQuery(requestsQuery(undefined));
  const last = data?.pages[0]?.requests.find(({ status }) => status === 'approved' || status === 'denied');
  const at = last?.approved_at ?? last?.denied_at;
  return (
    <EmptyState icon={<CircleCheck />} title="Nothing waits for a decision">
      <p>New requests appear here by themselves.</p>
      {last !== undefined && at !== null && at !== undefined && (
        <p className="mt-1">
          Last:{' '}
          <Link href={adminPaths.request(last.request_id)} className="text-accent underline">
            {last.subject_email}, {endOfRequest(last)}
          </Link>{' '}
          <Moment at={at} />
        </p>
      )}
      <p className="mt-1">
        <Link href={adminPaths.decisions} className="text-accent underline">
          See recent decisions
        </Link>
      </p>
    </EmptyState>
  );
}

/** Something may wait, but nothing that matches. */
export function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState icon={<SearchX />} title="No request matches">
      <p>A search finds the beginnings of words, in people, tools, scopes, arguments and reasons.</p>
      <Button className="mt-3" onClick={onClear}>
        Clear the filters
      </Button>
    </EmptyState>
  );
}
