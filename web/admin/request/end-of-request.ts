import type { RequestStatusResponse } from '../../../api/contract/scope-requests.ts';

/** How a request ended and through whom, as part of a sentence; undefined while it is pending. */
export function endOfRequest(request: RequestStatusResponse): string | undefined {
  switch (request.status) {
    case 'pending':
      return undefined;
    case 'approved':
      return request.approved_by === null ? 'approved by policy' : `approved by ${request.approved_by}`;
    case 'denied':
      return request.denied_by === null ? 'denied by policy' : `denied by ${request.denied_by}`;
    case 'expired':
      return 'expired, nobody answered in time';
    case 'cancelled':
      return 'cancelled by the requester';
  }
}
