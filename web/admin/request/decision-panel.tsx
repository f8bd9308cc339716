import { useId, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { formatDuration } from '../../lib/format-duration.ts';
import { userStatusQuery } from '../../lib/user-status-query.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/panel.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { useHotkeys } from '../keys/use-hotkeys.ts';
import { DecisionDialog } from './decision-dialog.tsx';
import { cannotDecideText } from './labels.ts';
import { OutcomePanel } from './outcome-panel.tsx';
import { useRecordedDecision, type Verdict } from './recorded-decisions.ts';

/** Deciding a pending request; how an ended one ended. Nothing here takes focus by itself. */
export function DecisionPanel({ request, onDecided }: { request: ScopeRequestView; onDecided: () => void }) {
  const [verdict, setVerdict] = useState<Verdict>();
  const explanation = useId();
  const recorded = useRecordedDecision(request.request_id);
  const why =
    cannotDecideText(request) ??
    (recorded === undefined
      ? undefined
      : 'Your decision is recorded and being delivered; the page shows when it counts.');
  const { data: user } = useQuery(userStatusQuery);
  const whyNotApprove =
    why ??
    (user === undefined || user.freeze === null
      ? undefined
      : 'Everything elevated is frozen: nothing can be approved until it is lifted. You can deny.');
  const decide = (wanted: Verdict) => (): void => {
    if (request.status !== 'pending') return;
    const refusal = wanted === 'approve' ? whyNotApprove : why;
    if (refusal === undefined) setVerdict(wanted);
    else showToast('wait', refusal);
  };
  useHotkeys({ a: decide('approve'), d: decide('deny') });
  const dialog = verdict !== undefined && (
    <DecisionDialog request={request} verdict={verdict} onClose={() => setVerdict(undefined)} onDecided={onDecided} />
  );
  // Not inside the panel that goes away: an open dialog must live to say that somebody else was faster.
  return (
    <>
      {request.status !== 'pending' ? (
        <OutcomePanel request={request} />
      ) : (
        <Panel title="Decide">
          {request.expires_at !== null && (
            <p className="text-sm text-muted">
              <Countdown until={request.expires_at} label="Time left to decide" />, until{' '}
              <Moment at={request.expires_at} />. Unanswered it expires; it is never approved by itself.
            </p>
          )}
          {why === undefined && request.max_grant_seconds > 0 && (
            <p className="text-sm text-muted">
              Approved, it holds for {formatDuration(request.grant_seconds)}
              {request.max_grant_seconds > request.grant_seconds &&
                `, or as long as you choose, up to ${formatDuration(request.max_grant_seconds)}`}
              .
            </p>
          )}
          {request.consent_url !== null && (
            <a href={request.consent_url} className={buttonClass('primary')}>
              Decide on the consent page
            </a>
          )}
          {/* On phones the two buttons stay in reach at the lower edge, with the reason when they are off. */}
          <div className="grid gap-3 max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-10 max-lg:border-t max-lg:border-line max-lg:bg-surface max-lg:p-3">
            <p id={explanation} className="text-sm text-wait empty:hidden">
              {whyNotApprove}
            </p>
            <div className="flex gap-4">
              <Button
                look="bad"
                className="flex-1"
                disabled={why !== undefined}
                aria-describedby={explanation}
                aria-keyshortcuts="D"
                onClick={decide('deny')}
              >
                Deny…
              </Button>
              <Button
                look="good"
                className="flex-1"
                disabled={whyNotApprove !== undefined}
                aria-describedby={explanation}
                aria-keyshortcuts="A"
                onClick={decide('approve')}
              >
                Approve…
              </Button>
            </div>
          </div>
        </Panel>
      )}
      {dialog}
    </>
  );
}
