import { Snowflake } from 'lucide-react';
import type { ToolCallView } from '../../../api/contract/chat.ts';
import { ApprovedLine, GrantedAtOnceLine } from './approved-line.tsx';
import { neededScopes, type ApprovalState } from './approval-state.ts';
import { AskForApproval } from './ask-for-approval.tsx';
import type { MessageTarget } from './message-target.ts';
import { OwnConsent } from './own-consent.tsx';
import { RequestEnded } from './request-ended.tsx';
import { BeingDecided, WaitingForDecision } from './waiting-for-decision.tsx';

/** The approval of one call. The state is the server's; a settled card has no buttons left but Ask again. */
export function ApprovalCard(props: { target: MessageTarget; call: ToolCallView; state: ApprovalState }) {
  const { target, call, state } = props;
  const scopes = neededScopes(call);
  const approvers = call.approval?.approvers ?? [];
  switch (state.kind) {
    case 'not_needed':
      return null;
    case 'stopped':
      return <p className="text-sm text-muted">You stopped the turn before this ran. Nothing was run.</p>;
    case 'granted_at_once':
      return <GrantedAtOnceLine scopes={state.scopes} />;
    case 'frozen':
      return (
        <div className="grid gap-1.5 text-sm">
          <h2 className="flex items-center gap-2 text-base font-semibold">
            <Snowflake aria-hidden className="size-4 shrink-0 text-wait" /> Waits until the freeze is lifted
          </h2>
          <p className="text-muted">
            Nobody need be asked: you hold this already, or policy gives it to you at once. It does not count while
            everything elevated is frozen. Nothing has run; I’ll carry on by myself when an admin lifts the freeze.
          </p>
        </div>
      );
    case 'not_asked':
      return (
        <AskForApproval
          target={target}
          tool={call.name}
          scopes={scopes}
          approvers={approvers}
          byThemself={call.authorization_error?.approval_type === 'self'}
          justificationRequired={state.justificationRequired}
          bounds={call.grant_bounds}
        />
      );
    case 'waiting':
      if (typeof call.approval?.consent_url === 'string') {
        return (
          <OwnConsent
            key={state.requestId}
            target={target}
            requestId={state.requestId}
            consentUrl={call.approval.consent_url}
            expiresAt={state.expiresAt}
            scopes={scopes}
          />
        );
      }
      // The key: another request of the same call is another card, not this one's leftovers.
      return (
        <WaitingForDecision
          key={state.requestId}
          target={target}
          requestId={state.requestId}
          expiresAt={state.expiresAt}
          scopes={scopes}
          approvers={approvers}
        />
      );
    case 'deciding':
      return <BeingDecided />;
    case 'approved':
      return <ApprovedLine target={target} state={state} />;
    case 'denied':
    case 'expired':
    case 'cancelled':
      return (
        <RequestEnded
          target={target}
          state={state}
          justificationRequired={call.approval?.justification_required ?? false}
        />
      );
  }
}
