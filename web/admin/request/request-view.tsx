import { useEffect, useRef } from 'react';
import { ExternalLink } from 'lucide-react';
import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Panel } from '../../ui/panel.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { takeArrival } from '../queue/queue-trail.ts';
import { DecidingBadge } from './deciding-badge.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import { requestStatusLabels } from './labels.ts';
import { PolicyPanel } from './policy-panel.tsx';
import { RequestHeadline } from './request-headline.tsx';
import { RequesterPanel } from './requester-panel.tsx';
import { RiskBadge } from './risk-badge.tsx';
import { Timeline } from './timeline.tsx';
import { WillRun } from './will-run.tsx';

/** Everything that somebody who decides should have seen: what, who, why, and what happened so far. */
export function RequestView({ detail, onDecided }: { detail: RequestDetail; onDecided: () => void }) {
  const { request } = detail;
  const status = requestStatusLabels[request.status];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takeArrival()) heading.current?.focus();
  }, []);
  return (
    <div className="grid min-w-0 gap-4 max-lg:pb-28 lg:grid-cols-[minmax(0,1fr)_21rem]">
      <div className="grid min-w-0 content-start gap-4">
        <div className="grid gap-2">
          <h1 ref={heading} tabIndex={-1} className="text-xl leading-snug font-normal outline-none">
            <RequestHeadline request={request} />
          </h1>
          <div className="flex flex-wrap gap-1.5">
            <Badge tone={status.tone}>{status.text}</Badge>
            <RiskBadge risk={request.risk} />
            {request.own && <Badge tone="neutral">Yours</Badge>}
            <DecidingBadge request={request} />
            {request.status === 'pending' && request.expires_at !== null && (
              // On phones the panel that says it is far below.
              <span className="text-sm text-muted lg:hidden">
                <Countdown until={request.expires_at} label="Time left" />
              </span>
            )}
          </div>
        </div>
        {request.tool_name !== null && (
          <Panel title="Arguments of the call">
            <ArgumentsView values={request.tool_args} full />
          </Panel>
        )}
        {detail.will_run !== null && <WillRun plan={detail.will_run} ended={request.status !== 'pending'} />}
        <Panel title="Justification">
          {request.justification === null || request.justification === '' ? (
            <p className="text-sm text-muted">None given. The policy does not require one.</p>
          ) : (
            <blockquote className="border-l-2 border-line-strong pl-3 wrap-anywhere whitespace-pre-wrap">
              <VisibleText text={request.justification} />
            </blockquote>
          )}
        </Panel>
        <Panel title="What happened">
          <Timeline entries={detail.timeline} />
          {detail.workflow_url !== null && (
            <a
              href={detail.workflow_url}
              target="_blank"
              rel="noreferrer"
              className="inline-flex w-fit items-center gap-1 text-sm text-accent underline"
            >
              Its workflow in Temporal <ExternalLink aria-hidden className="size-3.5" />
            </a>
          )}
        </Panel>
      </div>
      <div className="grid min-w-0 content-start gap-4">
        <DecisionPanel request={request} onDecided={onDecided} />
        <RequesterPanel detail={detail} />
        <PolicyPanel detail={detail} />
      </div>
    </div>
  );
}
