import { useId, useState } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Button } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/panel.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { DecisionDialog } from './decision-dialog.tsx';
import { endOfRequest } from './end-of-request.ts';
import { cannotDecideText, grantStatusLabels } from './labels.ts';
import { useRecordedDecision, type Verdict } from './recorded-decisions.ts';

/** Deciding a pending request; how an ended one ended. Nothing here takes focus by itself. */
export function DecisionPanel({ request }: { request: ScopeRequestView }) {
  const [verdict, setVerdict] = useState<Verdict>();
  const explanation = useId();
  const recorded = useRecordedDecision(request.request_id);
  if (request.status !== 'pending') return <EndedPanel request={request} />;
  const why =
    cannotDecideText(request.cannot_decide) ??
    (recorded === undefined ? undefined : 'Your decision is recorded and being delivered; the page shows when it counts.');
  const disabled = why !== undefined;
  return (
    <Panel title="Decide">
      {request.expires_at !== null && (
        <p className="text-sm text-muted">
          <Countdown until={request.expires_at} label="Time left to decide" /> left, until{' '}
          <Moment at={request.expires_at} />. Unanswered it expires; it is never approved by itself.
        </p>
      )}
      <p id={explanation} className="text-sm text-wait empty:hidden">
        {why}
      </p>
      {/* On phones the two buttons stay in reach at the lower edge. */}
      <div className="flex gap-4 max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-10 max-lg:border-t max-lg:border-line max-lg:bg-surface max-lg:p-3">
        <Button look="bad" className="flex-1" disabled={disabled} aria-describedby={explanation} onClick={() => setVerdict('deny')}>
          Deny…
        </Button>
        <Button look="good" className="flex-1" disabled={disabled} aria-describedby={explanation} onClick={() => setVerdict('approve')}>
          Approve…
        </Button>
      </div>
      {verdict !== undefined && (
        <DecisionDialog request={request} verdict={verdict} onClose={() => setVerdict(undefined)} />
      )}
    </Panel>
  );
}

function EndedPanel({ request }: { request: ScopeRequestView }) {
  const end = endOfRequest(request) ?? '';
  const at = request.approved_at ?? request.denied_at;
  const words = request.denial_reason ?? request.decision_note;
  return (
    <Panel title="Outcome">
      <p className="text-sm wrap-anywhere">
        {end.charAt(0).toUpperCase() + end.slice(1)}
        {at !== null && (
          <>
            , <Moment at={at} />
          </>
        )}
        .
      </p>
      {words !== null && words !== '' && (
        <blockquote className="border-l-2 border-line-strong pl-3 text-sm wrap-anywhere whitespace-pre-wrap">
          <VisibleText text={words} />
        </blockquote>
      )}
      {request.grant !== null && (
        <p className="text-sm text-muted">
          Grant: {grantStatusLabels[request.grant.status].text.toLowerCase()}
          {request.grant.status === 'active' && (
            <>
              , <Countdown until={request.grant.expires_at} label="Time left of the grant" /> left
            </>
          )}
        </p>
      )}
    </Panel>
  );
}
