import type { ScopeRequest } from '../../activities/store/requests.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';

/** The path of the page on which somebody decides their own request. */
export function consentPath(requestId: string): string {
  return `/consent/${encodeURIComponent(requestId)}`;
}

/** The address of that page while it has something to decide; null otherwise. Pure. */
export function consentAddress(
  issuer: string,
  request: Pick<ScopeRequest, 'request_id' | 'status' | 'approval_type'>,
): string | null {
  if (request.approval_type !== 'self' || isTerminal(request.status)) return null;
  return new URL(consentPath(request.request_id), issuer).href;
}
