import { useId, useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Consent } from '../../api/contract/consents.ts';
import type { RequestStatusResponse } from '../../api/contract/scope-requests.ts';
import { postJson } from '../lib/api-client.ts';
import { errorText } from '../lib/api-error.ts';
import { formatDuration } from '../lib/format-duration.ts';
import { useServerNow } from '../lib/use-server-now.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Countdown } from '../ui/countdown.tsx';
import { fieldClass } from '../ui/field.ts';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { consentQuery } from './consent-query.ts';

const presets = [15 * 60, 60 * 60, 4 * 60 * 60, 8 * 60 * 60, 24 * 60 * 60];

/** Allow or refuse. Neither has the focus to begin with; allowing takes a sign-in that is still fresh. */
export function ConsentDecision({ consent }: { consent: Consent }) {
  const { request, sign_in: signIn } = consent;
  const [seconds, setSeconds] = useState(request.grant_seconds);
  const ids = { duration: useId(), note: useId() };
  const now = useServerNow(1_000);
  const fresh = signIn.fresh_until !== null && Date.parse(signIn.fresh_until) > now;
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: (decision: 'allow' | 'refuse') =>
      postJson<RequestStatusResponse>(`/api/consents/${encodeURIComponent(request.request_id)}`, {
        decision,
        ...(decision === 'allow' ? { duration_seconds: seconds } : {}),
      }),
    onSettled: () => queries.invalidateQueries(consentQuery(request.request_id)),
  });
  const recorded = request.deciding || decide.data?.status === 202;
  const busy = decide.isPending || decide.isSuccess || recorded;
  return (
    <Panel title="Your decision">
      {request.expires_at !== null && (
        <p className="text-sm text-muted">
          <Countdown until={request.expires_at} label="Time left to decide" />. Unanswered it expires, and nothing is
          allowed.
        </p>
      )}
      <div className="grid gap-1">
        <label htmlFor={ids.duration} className="text-sm font-medium">
          For how long
        </label>
        <select
          id={ids.duration}
          value={seconds}
          disabled={busy}
          onChange={(event) => setSeconds(Number(event.target.value))}
          className={`${fieldClass} w-full sm:w-64`}
        >
          {choices(request).map((choice) => (
            <option key={choice} value={choice}>
              {formatDuration(choice)}
            </option>
          ))}
        </select>
      </div>
      <p id={ids.note} className="text-sm text-muted">
        You are signed in as <strong className="font-semibold wrap-anywhere text-ink">{request.subject_email}</strong>.{' '}
        {fresh
          ? 'Only you can allow this, and only shortly after signing in.'
          : `You signed in more than ${formatDuration(signIn.max_age_seconds)} ago: sign in again to show that it is you, then decide here.`}
      </p>
      {decide.isError && (
        <Notice tone="bad" role="alert">
          {errorText(decide.error)}
        </Notice>
      )}
      {recorded && (
        <Notice tone="wait" role="status">
          Your decision is recorded and takes effect in a moment.
        </Notice>
      )}
      <div className="flex flex-wrap gap-3">
        <Button
          look="bad"
          className="min-w-32 flex-1 sm:flex-none"
          disabled={busy}
          onClick={() => decide.mutate('refuse')}
        >
          Refuse
        </Button>
        {fresh ? (
          <Button
            look="good"
            className="min-w-32 flex-1 sm:flex-none"
            disabled={busy}
            aria-describedby={ids.note}
            onClick={() => decide.mutate('allow')}
          >
            Allow for {formatDuration(seconds)}
          </Button>
        ) : (
          <a
            href={signIn.address}
            className={`${buttonClass('primary')} flex-1 sm:flex-none`}
            aria-describedby={ids.note}
          >
            Sign in again to allow
          </a>
        )}
      </div>
    </Panel>
  );
}

/** The usual spans that policy allows, with what was asked for and the most there is. */
function choices({ grant_seconds: usual, max_grant_seconds: most }: Consent['request']): number[] {
  return [...new Set([...presets, usual, most])].filter((choice) => choice <= most).sort((one, other) => one - other);
}
