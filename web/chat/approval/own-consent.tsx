import { UserCheck } from 'lucide-react';
import { errorText } from '../../lib/api-error.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { useCancelApproval } from './commands.ts';
import type { MessageTarget } from './message-target.ts';

/** The policy leaves it to the person themselves: they decide on the auth server's page, after a fresh sign-in. */
export function OwnConsent(props: {
  target: MessageTarget;
  requestId: string;
  consentUrl: string;
  expiresAt: string | null;
  scopes: readonly string[];
}) {
  const cancel = useCancelApproval(props.target, props.requestId);
  return (
    <div className="grid gap-3">
      <h2 className="flex flex-wrap items-center gap-x-2 font-semibold">
        <UserCheck aria-hidden className="size-4 shrink-0 text-wait" /> Waiting for your own consent
        {props.expiresAt !== null && (
          <span className="font-normal text-muted">
            · <Countdown until={props.expiresAt} label="Time left to decide" />
          </span>
        )}
      </h2>
      <p className="text-sm">
        {props.scopes.map((scope) => (
          <ScopeName key={scope} scope={scope} />
        ))}{' '}
        is yours to allow, nobody else’s. You see there what it is for, and may have to sign in again.
      </p>
      <div className="flex flex-wrap gap-2">
        <a href={props.consentUrl} target="_blank" rel="noopener" className={buttonClass('primary')}>
          Decide on the consent page<span className="sr-only"> (opens in a new tab)</span>
        </a>
        <Button look="quiet" disabled={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
          {cancel.isPending || cancel.isSuccess ? 'Cancelling…' : 'Cancel'}
        </Button>
      </div>
      <p className="text-sm text-muted">You can close this tab: I’ll carry on when you have decided.</p>
      {cancel.isError && (
        <Notice tone="bad" role="alert">
          {errorText(cancel.error)}
        </Notice>
      )}
    </div>
  );
}
