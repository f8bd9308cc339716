import type { GrantView } from '../../../api/contract/grants.ts';
import type { RequestDetail, ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import type { Tone } from '../../ui/tone.ts';

/** A word with the colour that repeats its meaning. */
export interface Label {
  text: string;
  tone: Tone;
}

/** The ends of a request, each told apart. */
export const requestStatusLabels: Record<ScopeRequestView['status'], Label> = {
  pending: { text: 'Pending', tone: 'wait' },
  approved: { text: 'Approved', tone: 'good' },
  denied: { text: 'Denied', tone: 'bad' },
  expired: { text: 'Expired unanswered', tone: 'gone' },
  cancelled: { text: 'Cancelled', tone: 'pulled' },
};

/** The states of a grant. */
export const grantStatusLabels: Record<GrantView['status'], Label> = {
  active: { text: 'Active', tone: 'good' },
  expired: { text: 'Expired', tone: 'gone' },
  revoked: { text: 'Revoked', tone: 'bad' },
  returned: { text: 'Handed back', tone: 'pulled' },
  consumed: { text: 'Used up', tone: 'accent' },
};

type Risk = NonNullable<ScopeRequestView['risk']>;

/** How risky the policy calls what is asked. */
export const riskLabels: Record<Risk, Label> = {
  none: { text: 'No risk', tone: 'neutral' },
  low: { text: 'Low risk', tone: 'neutral' },
  medium: { text: 'Medium risk', tone: 'accent' },
  high: { text: 'High risk', tone: 'wait' },
  critical: { text: 'Critical risk', tone: 'bad' },
};

/**
 * Why somebody may not decide here, in a sentence; ended requests have no decision left to explain. What policy leaves
 * to the person's own consent is nobody else's to decide.
 */
export function cannotDecideText({
  cannot_decide,
  approval_type,
  own,
}: Pick<ScopeRequestView, 'cannot_decide' | 'approval_type' | 'own'>): string | undefined {
  if (cannot_decide === 'already_decided') return undefined;
  if (approval_type === 'self') {
    return own
      ? 'Policy leaves this to your own fresh consent: decide it on the consent page that asked you, not here.'
      : 'Policy leaves this to the person who asked: only their own fresh consent decides it.';
  }
  switch (cannot_decide) {
    case 'own_request':
      return 'You asked for this yourself: somebody else has to decide.';
    case 'self_approval':
      return 'By themself: the policy leaves this to the own consent of the person who asked. Nobody else decides it.';
    case 'not_approver':
      return 'You may read this, but the policy does not name you as an approver of these scopes.';
    case null:
      return undefined;
  }
}

const auditWords: Readonly<Record<string, string>> = {
  'request.created': 'Asked for',
  'request.pending': 'Waiting for an approver',
  'request.justified': 'The requester said why',
  'request.approved': 'Approved',
  'request.denied': 'Denied',
  'request.expired': 'Expired: nobody answered in time',
  'request.cancelled': 'Cancelled',
  'request.withdrawal_recorded': 'Withdrawn by the requester',
  'request.withdrawal_redelivered': 'The withdrawal was delivered again',
  'request.workflow_restarted': 'Its workflow was started again',
  'decision.recorded': 'A decision was recorded',
  'decision.redelivered': 'The decision was delivered again',
  'decision.dropped': 'A decision was dropped: it failed its re-check',
  'decision.refused': 'An attempt to decide was refused',
  'grant.created': 'Grant begins',
  'grant.expired': 'Grant expired',
  'grant.revoked': 'Grant revoked',
  'grant.returned': 'Grant handed back',
  'grant.consumed': 'Grant used up',
  'credential.issued': 'A token was issued',
  'credential.refused': 'A token was refused',
  'call.released': 'The waiting call was released',
  'call.settled': 'A lost call was settled',
  'tool.called': 'Tool called',
  'tool.finished': 'Tool call ended',
  'tool.refused': 'Tool call refused',
};

/** Words for an entry of the audit table; an unknown type is shown as it is. */
export function auditText({ type, data }: Pick<RequestDetail['timeline'][number], 'type' | 'data'>): string {
  if (type === 'request.pending' && data['approval_type'] === 'self') return 'Waiting for their own consent';
  if (type === 'request.created' && data['via'] === 'authorization_request') {
    return 'Asked for in an authorization request of the client';
  }
  if (type === 'request.created' && data['via'] === 'background_request')
    return 'Asked for by the client, in the background';
  return auditWords[type] ?? type;
}
