import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { accessKey } from '../queries.ts';
import { durationText, leftOutOf, requestLabel } from './labels.ts';

/** Of this app, as requests name it. */
const chatClientId = 'countersign-chat';

/** One of one's own requests: what, how it stands or ended, and what can be done about it. */
export function RequestRow({ request }: { request: ScopeRequestView }) {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: accessKey });
  const cancel = useMutation({
    mutationFn: () => postJson(`/api/access/requests/${encodeURIComponent(request.request_id)}/cancel`),
    onSettled,
  });
  const again = useMutation({
    mutationFn: () =>
      postJson('/api/access/requests', {
        scopes: request.scopes,
        ...(request.justification === null ? {} : { justification: request.justification }),
        ...(request.requested_duration_seconds === null
          ? {}
          : { duration_seconds: request.requested_duration_seconds }),
      }),
    onSettled,
  });
  const label = requestLabel(request);
  const leftOut = leftOutOf(request);
  const failure = cancel.error ?? again.error;
  const what = request.scopes.join(' ');
  // What a call waits for is asked again in its conversation, where the call is.
  // What another client was refused it asks again itself: asked here it would be the chat's.
  const canAskAgain =
    request.tool_name === null &&
    request.client_id === chatClientId &&
    ['denied', 'expired', 'cancelled'].includes(request.status);
  return (
    <li className="grid min-w-0 gap-2 rounded-xl border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1.5">
          <p className="flex flex-wrap items-center gap-2">
            {request.scopes.map((scope) => (
              <span key={scope} className="inline-flex max-w-full flex-wrap items-center gap-1.5">
                <ScopeName scope={scope} />
                {leftOut.includes(scope) && <Badge tone="bad">not granted</Badge>}
              </span>
            ))}
            <Badge tone={label.tone}>{label.text}</Badge>
          </p>
          <p className="text-sm wrap-anywhere text-muted">
            asked <Moment at={request.created_at} />
            {request.tool_name !== null && (
              <>
                {' '}
                for <code className="font-mono text-[0.85em]">{request.tool_name}</code>
              </>
            )}
            {request.client_id !== chatClientId && (
              <>
                {' '}
                through <ClientName client={request.client} />
              </>
            )}
            {request.requested_duration_seconds !== null && <> · {durationText(request.requested_duration_seconds)}</>}
            <Ending request={request} />
          </p>
        </div>
        {request.waiting_url !== null && (
          <a href={request.waiting_url} className={buttonClass()} aria-label={`See what waits for ${what}`}>
            Waiting page
          </a>
        )}
        {request.status === 'pending' && (
          <Button
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
            aria-label={`Withdraw the request for ${what}`}
          >
            {cancel.isPending ? 'Withdrawing…' : 'Withdraw'}
          </Button>
        )}
        {canAskAgain && (
          <Button disabled={again.isPending} onClick={() => again.mutate()} aria-label={`Ask again for ${what}`}>
            {again.isPending ? 'Asking…' : 'Ask again'}
          </Button>
        )}
      </div>
      {request.justification !== null && (
        <p className="text-sm wrap-anywhere">
          <span className="text-muted">You wrote: </span>
          <VisibleText text={request.justification} />
        </p>
      )}
      {request.decision_note !== null && (
        <p className="text-sm wrap-anywhere">
          <span className="text-muted">They wrote: </span>
          <VisibleText text={request.decision_note} />
        </p>
      )}
      {failure !== null && (
        <Notice tone="bad" role="alert">
          {errorText(failure)}
        </Notice>
      )}
    </li>
  );
}

function Ending({ request }: { request: ScopeRequestView }) {
  switch (request.status) {
    case 'pending':
      if (request.deciding) return <> · a decision is coming into force</>;
      return request.expires_at === null ? null : (
        <>
          {' '}
          · <Countdown until={request.expires_at} label={`Time to decide on ${request.scopes.join(' ')}`} />
        </>
      );
    case 'approved':
      return (
        <>
          {' '}
          · approved by {request.approved_by ?? 'policy'}
          {request.approved_at !== null && (
            <>
              {' '}
              <Moment at={request.approved_at} />
            </>
          )}
        </>
      );
    case 'denied':
      return (
        <>
          {' '}
          · denied by {request.denied_by ?? 'policy'}
          {request.denied_at !== null && (
            <>
              {' '}
              <Moment at={request.denied_at} />
            </>
          )}
        </>
      );
    case 'expired':
      return <> · nobody decided in time, which is no refusal</>;
    case 'cancelled':
      return request.cancelled_by === null || request.cancelled_by === request.subject_email ? (
        <> · you withdrew it</>
      ) : (
        <> · {request.cancelled_by} cancelled it</>
      );
  }
}
