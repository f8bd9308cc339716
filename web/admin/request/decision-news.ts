import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { ApiError, errorText } from '../../lib/api-error.ts';
import { endOfRequest } from './end-of-request.ts';
import type { Verdict } from './recorded-decisions.ts';

/** How far this dialog's own decision has come. */
export interface Sent {
  verdict: Verdict;
  /** On its way: sent, and not answered. */
  pending: boolean;
  /** What came back instead of a yes; null when nothing went wrong. */
  error: unknown;
  /** The address of whoever decides here, where it is known. */
  viewer: string | undefined;
}

/**
 * What an open decision dialog has to tell; undefined when nothing. Live events overtake the answer: while one's own
 * decision is on its way, an end that is seen may be its own, and only the answer says so.
 */
export function decisionNews(request: ScopeRequestView, sent: Sent): { good: boolean; text: string } | undefined {
  if (sent.pending) return undefined;
  const failed = sent.error !== null;
  const end = endOfRequest(request);
  if (end === undefined) return failed ? { good: false, text: errorText(sent.error) } : undefined;
  const refused = sent.error instanceof ApiError && sent.error.status === 409;
  if (refused || !isOwn(request, sent)) {
    return { good: false, text: `Too late: ${end}.${failed ? ' Your decision changed nothing.' : ''}` };
  }
  const lost = failed ? 'The answer was lost, but your decision counts' : 'You have decided this already';
  return { good: true, text: `${lost}: ${end}.` };
}

function isOwn({ approved_by, denied_by }: ScopeRequestView, { verdict, viewer }: Sent): boolean {
  return viewer !== undefined && (verdict === 'approve' ? approved_by : denied_by) === viewer;
}
