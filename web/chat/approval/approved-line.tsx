import { CircleCheck, Zap } from 'lucide-react';
import { Moment } from '../../ui/moment.tsx';
import type { ApprovalState } from './approval-state.ts';
import type { MessageTarget } from './message-target.ts';
import { RetryMessage } from './retry-message.tsx';

/** What the policy granted without asking anybody: one quiet line. */
export function GrantedAtOnceLine({ scopes }: { scopes: readonly string[] }) {
  return (
    <p className="flex items-center gap-1.5 text-xs text-muted">
      <Zap aria-hidden className="size-3.5 shrink-0" />
      <span>
        <code className="font-mono">{scopes.join(' ')}</code> was granted at once by policy
      </span>
    </p>
  );
}

/** Who approved and until when; what became of the grant since. */
export function ApprovedLine(props: { target: MessageTarget; state: Extract<ApprovalState, { kind: 'approved' }> }) {
  const { by, until, grantStatus, resuming } = props.state;
  return (
    <div className="grid gap-2">
      <p className="flex items-start gap-2 text-sm">
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
        <span className="min-w-0 wrap-anywhere">
          <strong className="font-semibold text-good">Approved</strong> by {by}
          {grantStatus === 'active' && until !== null && (
            <>
              , until <Moment at={until} />
            </>
          )}
          {grantStatus !== null && grantStatus !== 'active' && <>; the grant has ended since ({grantStatus})</>}
        </span>
      </p>
      {resuming && (
        <div className="flex flex-wrap items-center gap-3">
          <p role="status" className="text-sm text-muted">
            Going on by itself…
          </p>
          <RetryMessage target={props.target} />
        </div>
      )}
    </div>
  );
}
