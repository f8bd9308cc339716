import { useState, type SubmitEvent } from 'react';
import { KeyRound } from 'lucide-react';
import type { ToolCallView } from '../../../api/contract/chat.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { DurationField } from './duration-field.tsx';
import { useRequestApproval, wantsJustification } from './commands.ts';
import { JustificationField } from './justification-field.tsx';
import type { MessageTarget } from './message-target.ts';
import { WhoDecides } from './who-decides.tsx';

/** A call that met a missing permission, and nobody has been asked: only the person may ask (RULES 20). */
export function AskForApproval(props: {
  target: MessageTarget;
  tool: string;
  scopes: readonly string[];
  approvers: readonly string[];
  /** The policy leaves it to the person's own consent. */
  byThemself: boolean;
  justificationRequired: boolean;
  bounds: ToolCallView['grant_bounds'];
}) {
  const [justification, setJustification] = useState('');
  const [seconds, setSeconds] = useState<number>();
  const ask = useRequestApproval(props.target);
  const required = props.justificationRequired || wantsJustification(ask.error);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    ask.mutate({ justification: justification.trim(), seconds });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <h2 className="flex items-center gap-2 font-semibold">
        <KeyRound aria-hidden className="size-4 shrink-0 text-wait" />{' '}
        {props.byThemself ? 'This needs your own consent' : 'This needs somebody’s approval'}
      </h2>
      <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
        <dt className="text-muted">Asks for</dt>
        <dd className="flex flex-wrap gap-1">
          {props.scopes.map((scope) => (
            <ScopeName key={scope} scope={scope} />
          ))}
        </dd>
        <dt className="text-muted">{props.byThemself ? 'If you allow it' : 'If approved'}</dt>
        <dd>
          the agent holds it for a limited time and can use it for more than this one call, until then or until somebody
          revokes it
        </dd>
        <dt className="text-muted">Who decides</dt>
        <dd>{props.byThemself ? 'You yourself, after a fresh sign-in' : <WhoDecides approvers={props.approvers} />}</dd>
      </dl>
      <JustificationField value={justification} required={required} onChange={setJustification} />
      {props.bounds !== undefined && <DurationField bounds={props.bounds} value={seconds} onChange={setSeconds} />}
      {ask.isError && (
        <Notice tone="bad" role="alert">
          {errorText(ask.error)}
        </Notice>
      )}
      {ask.data?.status === 'denied' && (
        <Notice tone="bad" role="alert">
          The policy refuses this: {ask.data.reason}
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" disabled={ask.isPending || isTooLong(justification)}>
          {ask.isPending ? 'Asking…' : props.byThemself ? 'Go on to consent' : 'Request approval'}
        </Button>
        <span className="text-sm text-muted">
          {props.byThemself
            ? 'Nothing has run. You decide on the next page.'
            : 'Nothing has run. Nobody is asked until you press this.'}
        </span>
      </div>
    </form>
  );
}
