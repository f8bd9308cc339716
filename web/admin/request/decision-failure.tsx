import { useQuery } from '@tanstack/react-query';
import { ApiError, errorText } from '../../lib/api-error.ts';
import { Notice } from '../../ui/notice.tsx';
import { requestQuery } from '../queries.ts';
import { endOfRequest } from './end-of-request.ts';

/** Why a decision did not count; when somebody else was faster, who. */
export function DecisionFailure({ error, requestId }: { error: unknown; requestId: string }) {
  const tooLate = error instanceof ApiError && error.status === 409;
  const current = useQuery({ ...requestQuery(requestId), enabled: tooLate }).data?.request;
  const end = current === undefined ? undefined : endOfRequest(current);
  return (
    <Notice tone="bad" role="alert">
      {tooLate && end !== undefined ? `Too late: ${end}. Your decision changed nothing.` : errorText(error)}
    </Notice>
  );
}
