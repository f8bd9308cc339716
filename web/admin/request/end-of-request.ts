import type { RequestStatusResponse } from '../../../api/contract/scope-requests.ts';

/** How a request ended and through whom, as part of a sentence; undefined while it is pending. */
export function endOfRequest(request: RequestStatusResponse & { subject_email?: string }): string | undefined {
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
      return request.cancelled_by === null || request.cancelled_by === request.subject_email
        ? 'cancelled by the requester'
        : `cancelled by ${request.cancelled_by}`;
  }
}
