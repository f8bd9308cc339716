import type { ReactNode } from 'react';
import { CircleCheck, CircleX, TimerOff, Undo2 } from 'lucide-react';
import type { Consent } from '../../api/contract/consents.ts';
import { buttonClass } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { toneTexts, type Tone } from '../ui/tone.ts';

/** How it ended; allowed, refused, unanswered, withdrawn and taken away by policy are different things. */
export function ConsentOutcome({ consent }: { consent: Consent }) {
  const { request, return_url: returnUrl } = consent;
  return (
    <section aria-live="polite" className="grid gap-3 rounded-xl border border-line bg-surface p-4">
      <Ending request={request} />
      {returnUrl !== null ? (
        <p>
          <a href={returnUrl} className={buttonClass('primary')}>
            Back to the conversation
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
        <Words tone="good" icon={<CircleCheck />} title="Allowed">
          {request.grant?.status === 'active' ? (
            <p>
              Until <Moment at={request.grant.expires_at} />. The work that waited for it goes on by itself.
            </p>
          ) : (
            <p>What you allowed has ended since.</p>
          )}
        </Words>
      );
    case 'denied':
      return request.denied_by === 'policy' ? (
        <Words tone="bad" icon={<CircleX />} title="No longer yours to allow">
          <p>{request.denial_reason}</p>
        </Words>
      ) : (
        <Words tone="bad" icon={<CircleX />} title="Refused">
          <p>You refused it. Nothing was allowed and nothing has run.</p>
        </Words>
      );
    case 'expired':
      return (
        <Words tone="gone" icon={<TimerOff />} title="Expired">
          <p>The time to decide ran out. Nothing was allowed; it can be asked for again where you came from.</p>
        </Words>
      );
    case 'cancelled':
      return (
        <Words tone="pulled" icon={<Undo2 />} title="Withdrawn">
          <p>The request was taken back before you decided. Nothing was allowed.</p>
        </Words>
      );
    case 'pending':
      return null;
  }
}

function Words(props: { tone: Tone; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <h2 className={`flex items-center gap-2 font-semibold [&_svg]:size-5 [&_svg]:shrink-0 ${toneTexts[props.tone]}`}>
        <span aria-hidden>{props.icon}</span>
        {props.title}
      </h2>
      <div className="text-sm wrap-anywhere text-muted">{props.children}</div>
    </div>
  );
}
