import { CircleCheck, CircleX, TimerOff, Undo2 } from 'lucide-react';
import type { Consent } from '../../api/contract/consents.ts';
import { buttonClass } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { OutcomeWords } from './outcome-words.tsx';

/** How it ended; allowed, refused, unanswered, withdrawn and taken away by policy are different things. */
export function ConsentOutcome({ consent }: { consent: Consent }) {
  const { request, return_url: returnUrl } = consent;
  return (
    <section aria-live="polite" className="grid gap-3 rounded-xl border border-line bg-surface p-4">
      <Ending request={request} />
      {returnUrl !== null ? (
        <p>
          <a href={returnUrl} className={buttonClass('primary')}>
            {returnUrl.includes('/waiting/') ? 'Back to the waiting page' : 'Back to the conversation'}
          </a>
        </p>
      ) : (
        <p className="text-sm text-muted">You can close this page and go back to where you came from.</p>
      )}
    </section>
  );
}

function Ending({ request }: { request: Consent['request'] }) {
  switch (request.status) {
    case 'approved':
      return (
        <OutcomeWords tone="good" icon={<CircleCheck />} title="Allowed">
          {request.grant?.status === 'active' ? (
            <p>
              Until <Moment at={request.grant.expires_at} />. The work that waited for it goes on by itself.
            </p>
          ) : (
            <p>What you allowed has ended since.</p>
          )}
        </OutcomeWords>
      );
    case 'denied':
      return request.denied_by === 'policy' ? (
        <OutcomeWords tone="bad" icon={<CircleX />} title="No longer yours to allow">
          <p>{request.denial_reason}</p>
        </OutcomeWords>
      ) : (
        <OutcomeWords tone="bad" icon={<CircleX />} title="Refused">
          <p>You refused it. Nothing was allowed and nothing has run.</p>
        </OutcomeWords>
      );
    case 'expired':
      return (
        <OutcomeWords tone="gone" icon={<TimerOff />} title="Expired">
          <p>The time to decide ran out. Nothing was allowed; it can be asked for again where you came from.</p>
        </OutcomeWords>
      );
    case 'cancelled':
      return (
        <OutcomeWords tone="pulled" icon={<Undo2 />} title="Withdrawn">
          <p>The request was taken back before you decided. Nothing was allowed.</p>
        </OutcomeWords>
      );
    case 'pending':
      return null;
  }
}
