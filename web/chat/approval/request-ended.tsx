import { useState, type ReactNode, type SubmitEvent } from 'react';
import { CircleX, TimerOff, Undo2 } from 'lucide-react';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { toneTexts, type Tone } from '../../ui/tone.ts';
import { VisibleText } from '../../ui/visible-text.tsx';
import { refusedBy, type ApprovalState } from './approval-state.ts';
import { useRequestApproval, wantsJustification } from './commands.ts';
import { JustificationField } from './justification-field.tsx';
import type { MessageTarget } from './message-target.ts';

type EndedState = Extract<ApprovalState, { kind: 'denied' | 'expired' | 'cancelled' }>;

/** A request that ended without a grant: refused, unanswered and withdrawn are three different things. */
export function RequestEnded(props: { target: MessageTarget; state: EndedState; justificationRequired: boolean }) {
  const { target, state } = props;
  const [justification, setJustification] = useState('');
  const again = useRequestApproval(target);
  const required = props.justificationRequired || wantsJustification(again.error);
  const askable = state.kind !== 'denied' || state.askable;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    again.mutate({ justification: justification.trim() });
  };
  return (
    <div className="grid gap-3">
      <Ending state={state} />
      {askable && (
        <form onSubmit={submit} className="grid gap-3">
          {/* After a refusal there is something to explain; otherwise one click asks again. */}
          {(state.kind === 'denied' || required) && (
            <JustificationField value={justification} required={required} onChange={setJustification} />
          )}
          {again.isError && (
            <Notice tone="bad" role="alert">
              {errorText(again.error)}
            </Notice>
          )}
          <div>
            <Button type="submit" disabled={again.isPending || isTooLong(justification)}>
              {again.isPending ? 'Asking…' : 'Ask again'}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}

function Ending({ state }: { state: EndedState }) {
  switch (state.kind) {
    case 'denied':
      return (
        <Words tone="bad" icon={<CircleX />} title={state.askable ? 'Denied' : 'Not allowed by policy'}>
          <p>{refusedBy(state)} The call did not run.</p>
          {state.reason !== null && (
            <blockquote className="border-l-2 border-bad pl-3 whitespace-pre-wrap text-ink">
              <VisibleText text={state.reason} />
            </blockquote>
          )}
          <p>
            {state.askable
              ? 'You can write to the agent again and ask for less, or say below why it is needed and ask again.'
              : 'Ask the agent for something else.'}
          </p>
        </Words>
      );
    case 'expired':
      return (
        <Words tone="gone" icon={<TimerOff />} title="Nobody answered in time">
          <p>
            This is not a refusal: the request ran out before anybody decided. The call did not run. Ask again, perhaps
            when somebody is there to answer.
          </p>
        </Words>
      );
    case 'cancelled':
      return (
        <Words tone="pulled" icon={<Undo2 />} title={state.note === null ? 'Withdrawn' : 'Cancelled'}>
          <p>
            {state.note === null ? (
              'You took the request back before it was decided.'
            ) : (
              <VisibleText text={state.note} />
            )}{' '}
            The call did not run. You can ask for it again any time.
          </p>
        </Words>
      );
  }
}

function Words(props: { tone: Tone; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1.5">
      <h2 className={`flex items-center gap-2 font-semibold [&_svg]:size-4 [&_svg]:shrink-0 ${toneTexts[props.tone]}`}>
        <span aria-hidden>{props.icon}</span>
        {props.title}
      </h2>
      <div className="grid gap-1.5 text-sm wrap-anywhere text-muted">{props.children}</div>
    </div>
  );
}
