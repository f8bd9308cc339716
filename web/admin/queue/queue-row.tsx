import { Clock } from 'lucide-react';
import { Link } from 'wouter';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Age } from '../../ui/age.tsx';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { adminPaths } from '../paths.ts';
import { DecidingBadge } from '../request/deciding-badge.tsx';
import { RequestHeadline } from '../request/request-headline.tsx';
import { RiskBadge } from '../request/risk-badge.tsx';

/** One waiting request, with its arguments in full; the sentence leads to its page. */
export function QueueRow(props: { request: ScopeRequestView; selected: boolean; onSelect: () => void }) {
  const { request, selected } = props;
  return (
    <li
      onFocus={props.onSelect}
      className={`relative grid min-w-0 gap-2.5 rounded-xl border bg-surface p-4 ${selected ? 'border-accent shadow-[inset_3px_0_0_var(--color-accent)]' : 'border-line'}`}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        <RiskBadge risk={request.risk} />
        {request.own && <Badge tone="neutral">Yours</Badge>}
        <DecidingBadge request={request} />
        <span>
          asked <Age since={request.created_at} />
        </span>
        {request.expires_at !== null && (
          <span className="inline-flex items-center gap-1">
            <Clock aria-hidden className="size-3.5" />
            <Countdown until={request.expires_at} label={`Time left for ${request.subject_email}`} />
          </span>
        )}
      </div>
      <Link
        href={adminPaths.request(request.request_id)}
        data-request={request.request_id}
        className="w-fit rounded leading-snug hover:underline"
      >
        <RequestHeadline request={request} />
      </Link>
      {request.tool_name !== null && <ArgumentsView values={request.tool_args} />}
      {request.justification !== null && request.justification !== '' && (
        <p className="line-clamp-3 text-sm wrap-anywhere text-muted">
          “<VisibleText text={request.justification} />”
        </p>
      )}
    </li>
  );
}
