import type { MouseEvent } from 'react';
import { Link } from 'wouter';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Age } from '../../ui/age.tsx';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Badge } from '../../ui/badge.tsx';
import { ScopeServerLines } from '../../ui/scope-server-line.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { adminPaths } from '../paths.ts';
import { DecidingBadge } from '../request/deciding-badge.tsx';
import { endOfRequest } from '../request/end-of-request.ts';
import { requestStatusLabels } from '../request/labels.ts';
import { RequestHeadline } from '../request/request-headline.tsx';
import { RiskBadge } from '../request/risk-badge.tsx';
import { ThroughClient } from '../request/through-client.tsx';
import { TimeLeft } from './time-left.tsx';

/** One request at a glance, with its arguments in full; the sentence leads to its page. */
export function QueueRow(props: {
  request: ScopeRequestView;
  selected: boolean;
  ticked: boolean;
  isNew: boolean;
  onSelect: () => void;
  onTick: (range: boolean) => void;
}) {
  const { request, selected } = props;
  const waits = request.status === 'pending';
  const end = requestStatusLabels[request.status];
  return (
    <li
      onFocus={props.onSelect}
      aria-current={selected ? 'true' : undefined}
      className={`relative grid min-w-0 scroll-mt-32 scroll-mb-24 gap-2 rounded-xl border bg-surface px-4 py-3 sm:pl-12 ${selected ? 'border-accent shadow-[inset_3px_0_0_var(--color-accent)]' : 'border-line'}`}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        {/* The label is the target: 44 px where a finger aims. */}
        {waits && (
          <label className="-my-2 -ml-3 flex size-10 items-center justify-center sm:absolute sm:top-3.5 sm:left-4 pointer-coarse:size-11">
            <input
              type="checkbox"
              aria-label={`Tick the request of ${request.subject_email} for ${request.tool_name ?? request.scopes.join(' ')}`}
              checked={props.ticked}
              onChange={() => undefined}
              onClick={(event: MouseEvent) => props.onTick(event.shiftKey)}
              className="size-4.5 accent-accent"
            />
          </label>
        )}
        <RiskBadge risk={request.risk} />
        {!waits && <Badge tone={end.tone}>{end.text}</Badge>}
        {waits && request.approval_type === 'self' && <Badge tone="accent">Own consent</Badge>}
        {request.own && <Badge tone="neutral">Yours</Badge>}
        {props.isNew && <Badge tone="accent">New</Badge>}
        <DecidingBadge request={request} />
        <span className="inline-flex max-sm:w-full sm:ml-auto flex-wrap items-center gap-x-3">
          <span>
            asked <Age since={request.created_at} />
          </span>
          {waits && request.expires_at !== null && (
            <TimeLeft until={request.expires_at} label={`Time left for ${request.subject_email}`} />
          )}
        </span>
      </div>
      <Link
        href={adminPaths.request(request.request_id)}
        data-request={request.request_id}
        className="w-fit rounded leading-snug hover:underline"
      >
        <RequestHeadline request={request} />
      </Link>
      <ThroughClient request={request} />
      <ScopeServerLines servers={request.servers} />
      {request.tool_name !== null && <ArgumentsView values={request.tool_args} />}
      {request.justification !== null && request.justification !== '' && (
        <p className="line-clamp-3 text-sm wrap-anywhere text-muted">
          “<VisibleText text={request.justification} />”
        </p>
      )}
      {!waits && <p className="text-sm wrap-anywhere text-muted">{endOfRequest(request)}</p>}
    </li>
  );
}
