import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Badge } from '../../ui/badge.tsx';
import { useRecordedDecision } from './recorded-decisions.ts';

/** Whether a decision about a pending request is on its way, and whose. */
export function DecidingBadge({ request }: { request: ScopeRequestView }) {
  const mine = useRecordedDecision(request.request_id);
  if (request.status !== 'pending') return null;
  if (mine !== undefined) {
    return <Badge tone="accent">Your {mine === 'approve' ? 'approval' : 'denial'} is recorded, being delivered</Badge>;
  }
  return request.deciding ? <Badge tone="accent">A decision is recorded, being delivered</Badge> : null;
}
