import { useId, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ScopeRequestView, UpgradeScopeResponse } from '../../../api/contract/scope-requests.ts';
import type { ToolCallAnswer } from '../../../api/contract/tools.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { WordsArea } from '../../ui/words-area.tsx';
import { adminPaths } from '../paths.ts';
import { requestQuery } from '../queries.ts';
import { requestStatusLabels } from '../request/labels.ts';

type Refusal = Extract<ToolCallAnswer, { status: 'insufficient_scope' }>['authorization_error'];

/** The scope is not held: asks for it, for exactly these arguments, and says how that goes. */
export function AskForScope(props: {
  error: Refusal;
  tool: string;
  args: Record<string, unknown>;
  onRetry: () => void;
}) {
  const { error } = props;
  const [why, setWhy] = useState('');
  const field = useId();
  const ask = useMutation({
    mutationFn: async () =>
      (
        await postJson<UpgradeScopeResponse>('/api/upgrade-scope', {
          scopes: [error.required_scope],
          tool_name: props.tool,
          tool_args: props.args,
          ...(why.trim() === '' ? {} : { justification: why.trim() }),
        })
      ).body,
    onSuccess: (answer) => {
      if (answer.status === 'approved') props.onRetry();
    },
  });
  const { data: answer } = ask;
  if (answer?.status === 'pending_admin_approval' || answer?.status === 'pending_user_approval') {
    return <Progress requestId={answer.approval_request_id} onRetry={props.onRetry} />;
  }
  return (
    <div className="grid gap-3">
      <Notice tone="wait">
        Nothing ran: this needs <ScopeName scope={error.required_scope} />, which you do not hold.
        {error.approval_type === 'forbidden' && ' The policy does not allow it.'}
      </Notice>
      {answer?.status === 'denied' && (
        <Notice tone="bad" role="alert">
          {answer.reason}
        </Notice>
      )}
      {error.approval_type !== 'forbidden' && answer === undefined && (
        <>
          <div className="grid gap-1">
            <label htmlFor={field} className="text-sm font-medium">
              Why do you need it?
            </label>
            <WordsArea id={field} value={why} onChange={setWhy} />
          </div>
          <Button
            className="justify-self-start"
            disabled={ask.isPending || isTooLong(why)}
            onClick={() => ask.mutate()}
          >
            {ask.isPending ? 'Asking…' : 'Ask for it'}
          </Button>
        </>
      )}
      {ask.isError && (
        <Notice tone="bad" role="alert">
          {errorText(ask.error)}
        </Notice>
      )}
    </div>
  );
}

function Progress({ requestId, onRetry }: { requestId: string; onRetry: () => void }) {
  const { data } = useQuery(requestQuery(requestId));
  const request = data?.request;
  const label = requestStatusLabels[request?.status ?? 'pending'];
  return (
    <div className="grid gap-2">
      <Notice tone={label.tone}>
        {request === undefined || request.status === 'pending' ? (
          <>
            {request?.approval_type === 'self'
              ? 'This is yours to allow, on its consent page;'
              : 'You asked. Somebody else decides;'}{' '}
            {request?.expires_at !== undefined && request.expires_at !== null && (
              <Countdown until={request.expires_at} label="Time left for your request" />
            )}
          </>
        ) : (
          endText(request)
        )}
      </Notice>
      <div className="flex flex-wrap items-center gap-4">
        <Link href={adminPaths.request(requestId)} className="text-sm text-accent underline">
          Your request
        </Link>
        {typeof request?.consent_url === 'string' && (
          <a href={request.consent_url} target="_blank" rel="noopener" className={buttonClass('primary')}>
            Decide on the consent page<span className="sr-only"> (opens in a new tab)</span>
          </a>
        )}
        {request?.status === 'approved' && <Button onClick={onRetry}>Call again</Button>}
      </div>
    </div>
  );
}

function endText(request: ScopeRequestView): string {
  switch (request.status) {
    case 'approved':
      return `Approved by ${request.approved_by ?? 'policy'}.`;
    case 'denied':
      return `Denied by ${request.denied_by ?? 'policy'}${request.denial_reason === null ? '.' : `: ${request.denial_reason}`}`;
    case 'expired':
      return 'Nobody answered in time. That is no refusal: call again to ask again.';
    case 'cancelled':
      return 'You took the request back.';
    case 'pending':
      return 'Waiting for a decision.';
    default:
      return request.status satisfies never;
  }
}
