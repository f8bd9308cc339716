import type { ReactNode } from 'react';
import { CircleCheck, CircleX, TimerOff, Undo2 } from 'lucide-react';
import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { Moment } from '../../ui/moment.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { OutcomeWords } from '../outcome-words.tsx';
import { GoingBack } from './going-back.tsx';
import { heldOtherwise, isPartly } from './headings.ts';

/** How it ended, request by request, and whether the client learns it from here. */
export function StepUpOutcome({ stepUp }: { stepUp: StepUpView }) {
  const others = heldOtherwise(stepUp);
  return (
    <section
      aria-live="polite"
      aria-label="How it ended"
      className="grid gap-4 rounded-xl border border-line bg-surface p-4"
    >
      {stepUp.status === 'withdrawn' ? (
        <OutcomeWords tone="pulled" icon={<Undo2 />} title="You withdrew it">
          <p>Nobody is asked any more.</p>
        </OutcomeWords>
      ) : (
        stepUp.requests.map((request) => <Ending key={request.request_id} request={request} />)
      )}
      {isPartly(stepUp) && others.length > 0 && (
        <OutcomeWords tone="good" icon={<CircleCheck />} title="Granted already">
          <p className="flex flex-wrap gap-x-1.5">The client gets {named(others)}, too.</p>
        </OutcomeWords>
      )}
      {stepUp.status === 'refused' && stepUp.requests.length === 0 && (
        <OutcomeWords tone="bad" icon={<CircleX />} title="Not granted">
          <p>{stepUp.refusal}</p>
        </OutcomeWords>
      )}
      <GoingBack stepUp={stepUp} />
    </section>
  );
}

function Ending({ request }: { request: StepUpView['requests'][number] }) {
  const what = named(request.scopes);
  const leftOut = request.scopes.filter((scope) => request.grant?.scopes.includes(scope) !== true);
  switch (request.status) {
    case 'approved':
      return request.grant?.status === 'active' ? (
        <OutcomeWords tone="good" icon={<CircleCheck />} title={`Approved by ${request.approved_by ?? 'the policy'}`}>
          <p className="flex flex-wrap gap-x-1.5">
            {named(request.grant.scopes)} until <Moment at={request.grant.expires_at} />
          </p>
          {leftOut.length > 0 && <p className="flex flex-wrap gap-x-1.5">Not granted: {named(leftOut)}</p>}
        </OutcomeWords>
      ) : (
        <OutcomeWords tone="gone" icon={<TimerOff />} title="Approved, and ended since">
          <p className="flex flex-wrap gap-x-1.5">{what} is not granted any more.</p>
        </OutcomeWords>
      );
    case 'denied':
      return (
        <OutcomeWords
          tone="bad"
          icon={<CircleX />}
          title={
            request.denied_by === 'policy' ? 'Denied by the policy' : `Denied by ${request.denied_by ?? 'an approver'}`
          }
        >
          <Quoted what={what} text={request.denial_reason} />
        </OutcomeWords>
      );
    case 'expired':
      return (
        <OutcomeWords tone="gone" icon={<TimerOff />} title="Expired unanswered">
          <p className="flex flex-wrap gap-x-1.5">Nobody decided about {what} in time, which is no refusal.</p>
        </OutcomeWords>
      );
    case 'cancelled':
      return (
        <OutcomeWords tone="pulled" icon={<Undo2 />} title="Withdrawn">
          <p className="flex flex-wrap gap-x-1.5">Nobody is asked about {what} any more.</p>
        </OutcomeWords>
      );
    case 'pending':
      return null;
  }
}

const named = (scopes: readonly string[]): ReactNode => scopes.map((scope) => <ScopeName key={scope} scope={scope} />);

function Quoted({ what, text }: { what: ReactNode; text: string | null }) {
  return (
    <p className="whitespace-pre-wrap">
      {what}
      {text !== null && text !== '' && (
        <>
          {': '}
          <VisibleText text={text} />
        </>
      )}
    </p>
  );
}
