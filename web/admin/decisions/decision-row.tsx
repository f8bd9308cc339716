import { Link } from 'wouter';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Badge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import { adminPaths } from '../paths.ts';
import { endOfRequest } from '../request/end-of-request.ts';
import { requestStatusLabels } from '../request/labels.ts';
import { RequestHeadline } from '../request/request-headline.tsx';

/** One ended request: what was asked, how it ended and through whom. */
export function DecisionRow({ request }: { request: ScopeRequestView }) {
  const label = requestStatusLabels[request.status];
  const at = request.approved_at ?? request.denied_at;
  return (
    <li className="grid min-w-0 gap-1.5 rounded-xl border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={label.tone}>{label.text}</Badge>
        <Link href={adminPaths.request(request.request_id)} className="min-w-0 rounded text-sm hover:underline">
          <RequestHeadline request={request} />
        </Link>
      </div>
      <p className="text-sm wrap-anywhere text-muted">
        {endOfRequest(request)}
        {' · '}
        <Moment at={at ?? request.created_at} />
        {request.denial_reason !== null && <> · “{request.denial_reason}”</>}
      </p>
    </li>
  );
}
