import { Hourglass, LoaderCircle } from 'lucide-react';
import { errorText } from '../../lib/api-error.ts';
import { useCooldown } from '../../lib/use-cooldown.ts';
import { Button } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { useCancelApproval, useCheckApproval } from './commands.ts';
import type { MessageTarget } from './message-target.ts';
import { NotifyMe } from '../notices/notify-me.tsx';
import { RetryMessageButton } from './retry-message.tsx';
import { WhoDecides } from './who-decides.tsx';

/** Somebody has been asked and has not decided. */
export function WaitingForDecision(props: {
  target: MessageTarget;
  requestId: string;
  expiresAt: string | null;
  scopes: readonly string[];
  approvers: readonly string[];
}) {
  const check = useCheckApproval(props.target, props.requestId);
  const cancel = useCancelApproval(props.target, props.requestId);
  const [resting, rest] = useCooldown(2_000);
  const failure = check.error ?? cancel.error;
  return (
    <div className="grid gap-3">
      <h2 className="flex flex-wrap items-center gap-x-2 font-semibold">
        <Hourglass aria-hidden className="size-4 shrink-0 text-wait" /> Waiting for a decision
        {props.expiresAt !== null && (
          <span className="font-normal text-muted">
            · <Countdown until={props.expiresAt} label="Time left to decide" />
          </span>
        )}
      </h2>
      <p className="text-sm">
        Asked for{' '}
        {props.scopes.map((scope) => (
          <ScopeName key={scope} scope={scope} />
        ))}
        . Who decides: <WhoDecides approvers={props.approvers} />.
      </p>
      <p className="text-sm text-muted">You can close this tab: I’ll carry on when it is decided.</p>
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={resting || check.isPending}
          onClick={() => {
            rest();
            check.mutate();
          }}
        >
          Check status
        </Button>
        <RetryMessageButton target={props.target} />
        <NotifyMe />
        <Button look="quiet" disabled={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
          {cancel.isPending || cancel.isSuccess ? 'Cancelling…' : 'Cancel'}
        </Button>
      </div>
      <p role="status" className="text-sm text-muted empty:hidden">
        {check.isPending ? 'Asking…' : check.data?.status === 'pending' ? 'Checked: nobody has decided yet.' : ''}
      </p>
      {failure !== null && (
        <Notice tone="bad" role="alert">
          {errorText(failure)}
        </Notice>
      )}
    </div>
  );
}

/** A decision has been recorded and is not in force yet (RULES 16). */
export function BeingDecided() {
  return (
    <div role="status">
      <h2 className="flex items-center gap-2 font-semibold">
        <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" /> Being decided
      </h2>
      <p className="mt-1 text-sm text-muted">Somebody has decided; it takes effect in a moment.</p>
    </div>
  );
}
