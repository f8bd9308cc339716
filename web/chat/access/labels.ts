import type { AccessCall, AccessGrant, AccessScope } from '../../../api/contract/access.ts';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import type { Tone } from '../../ui/tone.ts';

interface Label {
  text: string;
  tone: Tone;
}

/** The states of one's own request, its four ends told apart. */
const requestLabels: Record<ScopeRequestView['status'], Label> = {
  pending: { text: 'Waiting', tone: 'wait' },
  approved: { text: 'Approved', tone: 'good' },
  denied: { text: 'Denied', tone: 'bad' },
  expired: { text: 'Expired: nobody answered', tone: 'gone' },
  cancelled: { text: 'Cancelled', tone: 'pulled' },
};

type Answered = Pick<ScopeRequestView, 'status' | 'scopes' | 'grant'>;

/** What was asked for and not granted, though the request was approved. Pure. */
export function leftOutOf({ status, scopes, grant }: Answered): string[] {
  return status === 'approved' && grant !== null ? scopes.filter((scope) => !grant.scopes.includes(scope)) : [];
}

/** How one's own request stands or ended; approved in part is not approved. Pure. */
export function requestLabel(request: Answered): Label {
  return leftOutOf(request).length > 0 ? { text: 'Approved in part', tone: 'accent' } : requestLabels[request.status];
}

/** The states of one's own grant. */
export const grantLabels: Record<AccessGrant['status'], Label> = {
  active: { text: 'Held now', tone: 'good' },
  expired: { text: 'Time ran out', tone: 'gone' },
  revoked: { text: 'Revoked', tone: 'bad' },
  returned: { text: 'Handed back by you', tone: 'pulled' },
  consumed: { text: 'Used up', tone: 'accent' },
};

/** How one stands to a scope. */
export const standingLabels: Record<AccessScope['standing'], Label> = {
  held: { text: 'Held now', tone: 'good' },
  at_once: { text: 'Given when needed', tone: 'neutral' },
  by_consent: { text: 'Your own consent', tone: 'accent' },
  by_asking: { text: 'By asking', tone: 'wait' },
  never: { text: 'Not for you', tone: 'gone' },
};

/** How a call ended, as the tool server recorded it. */
export function outcomeLabel({ outcome }: Pick<AccessCall, 'outcome'>): Label {
  switch (outcome) {
    case 'succeeded':
      return { text: 'Succeeded', tone: 'good' };
    case 'failed':
      return { text: 'Failed', tone: 'bad' };
    case 'withheld':
      return { text: 'Result withheld', tone: 'wait' };
    case 'not_run':
      return { text: 'Did not run', tone: 'gone' };
    case null:
      return { text: 'No end recorded', tone: 'gone' };
    default:
      return { text: outcome, tone: 'neutral' };
  }
}

/** A length of time in words: `15 minutes`, `1 hour`, `2 days`. */
export function durationText(seconds: number): string {
  for (const [unit, size] of units) if (seconds >= size && seconds % size === 0) return counted(seconds / size, unit);
  return counted(Math.round(seconds / 60), 'minute');
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The lengths to choose from beside policy's usual one, up to its maximum. */
export function durationChoices(usualSeconds: number, maxSeconds: number): number[] {
  const usual = [900, 3_600, 4 * 3_600, 8 * 3_600, 86_400, 7 * 86_400].filter((seconds) => seconds < maxSeconds);
  return (maxSeconds > 0 ? [...usual, maxSeconds] : usual).filter((seconds) => seconds !== usualSeconds);
}
