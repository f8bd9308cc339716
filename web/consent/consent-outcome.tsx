import { useEffect } from 'react';
import { CircleCheck, CircleX, TimerOff, Undo2 } from 'lucide-react';
import type { Consent } from '../../api/contract/consents.ts';
import { buttonClass } from '../ui/button.tsx';
import { clientLabel } from '../ui/client-label.ts';
import { Moment } from '../ui/moment.tsx';
import { goesOnByItself, isWaitedFor } from './goes-on.ts';
import { OutcomeWords } from './outcome-words.tsx';

/** Long enough to read how it ended. */
const toReadMs = 1_500;

/**
 * How it ended; allowed, refused, unanswered, withdrawn and taken away by policy are different things. Where a client
 * waits for it, the browser goes on to the waiting page, which alone can give that client its answer; by itself where
 * the person decided.
 */
export function ConsentOutcome({ consent }: { consent: Consent }) {
  const { request, client, return_url: returnUrl } = consent;
  const waits = isWaitedFor(consent);
  const goesOn = goesOnByItself(consent);
  useEffect(() => {
    if (!goesOn || returnUrl === null) return;
    // In place of this page, so that going back does not lead here and on again.
    const timer = setTimeout(() => location.replace(returnUrl), toReadMs);
    return () => clearTimeout(timer);
  }, [goesOn, returnUrl]);
  return (
    <section aria-live="polite" className="grid gap-3 rounded-xl border border-line bg-surface p-4">
      <Ending request={request} forOurs={client.first_party} />
      {goesOn && (
        <p className="text-sm wrap-anywhere text-muted">
          Going on by itself: to the waiting page, and from there to {clientLabel(client)} if it still waits.
        </p>
      )}
      {returnUrl !== null ? (
        <p>
          <a href={returnUrl} className={buttonClass('primary')}>
            {waits ? 'Back to the waiting page' : 'Back to the conversation'}
          </a>
        </p>
      ) : (
        <p className="text-sm text-muted">You can close this page and go back to where you came from.</p>
      )}
    </section>
  );
}

function Ending({ request, forOurs }: { request: Consent['request']; forOurs: boolean }) {
  switch (request.status) {
    case 'approved':
      return (
        <OutcomeWords tone="good" icon={<CircleCheck />} title="Allowed">
          {request.grant?.status === 'active' ? (
            <p>
              Until <Moment at={request.grant.expires_at} />.{' '}
              {forOurs && 'The work that waited for it goes on by itself.'}
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
