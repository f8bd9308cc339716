import { useQuery } from '@tanstack/react-query';
import { requestQuery } from '../queries.ts';
import { WillRunStages } from './will-run.tsx';

/**
 * What a command would start, where it is decided: rows of the queue do not carry it. The page of a request has it
 * already. While it is not there nothing stands in its place: the arguments say the same.
 */
export function CommandStages({ requestId }: { requestId: string }) {
  const { data } = useQuery(requestQuery(requestId));
  if (data === undefined || data.will_run === null) return null;
  return (
    <div className="mt-3 grid gap-2">
      <h3 className="text-sm font-semibold">What will run</h3>
      <WillRunStages plan={data.will_run} />
    </div>
  );
}
