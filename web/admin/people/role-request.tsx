import { Link } from 'wouter';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { Tone } from '../../ui/tone.ts';
import { VisibleText } from '../../ui/visible-text.tsx';
import { adminPaths } from '../paths.ts';
import { changeErrorText, type RoleChange } from './use-role-change.ts';

const tones: Record<ScopeRequestView['status'], Tone> = {
  pending: 'wait',
  approved: 'good',
  denied: 'bad',
  expired: 'gone',
  cancelled: 'pulled',
};

/** Where a change of roles stands that somebody else decides. */
export function RoleRequest({ request, change }: { request: ScopeRequestView; change: RoleChange }) {
  const to = change.wanted.length === 0 ? 'no roles' : change.wanted.join(', ');
  return (
    <Notice tone={tones[request.status]} role="status">
      <p>
        <strong>{headline(request)}</strong> Change to: {to}.{' '}
        <Link href={adminPaths.request(request.request_id)} className="underline">
          The request
        </Link>
      </p>
      {request.status === 'pending' && (
        <p className="mt-1">
          It goes on by itself when somebody else approves it while this page is open.{' '}
          {request.expires_at !== null && <Countdown until={request.expires_at} label="Time left to decide" />}
        </p>
      )}
      {request.status === 'denied' && request.denial_reason !== null && (
        <p className="mt-1">
          “<VisibleText text={request.denial_reason} />”
        </p>
      )}
      {request.status === 'approved' && (
        <Button className="mt-2" disabled={change.applying} onClick={change.apply}>
          {change.applying ? 'Changing…' : 'Make the change'}
        </Button>
      )}
      {change.failure !== null && change.failure !== undefined && (
        <p role="alert" className="mt-1 font-medium">
          {changeErrorText(change.failure) ?? errorText(change.failure)}
        </p>
      )}
    </Notice>
  );
}

function headline(request: ScopeRequestView): string {
  switch (request.status) {
    case 'pending':
      return request.deciding ? 'Approved, coming into force…' : 'Waiting for another person.';
    case 'approved':
      return `Approved by ${request.approved_by ?? 'policy'}.`;
    case 'denied':
      return `Denied by ${request.denied_by ?? 'policy'}.`;
    case 'expired':
      return 'Nobody answered in time.';
    case 'cancelled':
      return request.cancelled_by === null || request.cancelled_by === request.subject_email
        ? 'Withdrawn.'
        : `Cancelled by ${request.cancelled_by}.`;
  }
}
