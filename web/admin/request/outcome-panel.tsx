import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/panel.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { endOfRequest } from './end-of-request.ts';
import { grantStatusLabels } from './labels.ts';

/** How a request ended, and what became of its grant. Nothing is left to press. */
export function OutcomePanel({ request }: { request: ScopeRequestView }) {
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
          {request.grant.scopes.length < request.scopes.length && `, ${request.grant.scopes.join(' ')} only`}
          {request.grant.status === 'active' && (
            <>
              , <Countdown until={request.grant.expires_at} label="Time left of the grant" />
            </>
          )}
        </p>
      )}
    </Panel>
  );
}
