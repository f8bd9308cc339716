import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { formatDuration } from '../../lib/format-duration.ts';
import { ScopeNames } from '../../ui/scope-names.tsx';

/** Who asks for what, in one sentence. */
export function RequestHeadline({ request }: { request: ScopeRequestView }) {
  return (
    <>
      <strong className="font-semibold wrap-anywhere">{request.subject_email}</strong> asks for{' '}
      <ScopeNames scopes={request.scopes} />
      {request.tool_name !== null && (
        <>
          {' '}
          to call <code className="font-mono wrap-anywhere">{request.tool_name}</code>
        </>
      )}
      {request.requested_duration_seconds !== null && <> for {formatDuration(request.requested_duration_seconds)}</>}
    </>
  );
}
