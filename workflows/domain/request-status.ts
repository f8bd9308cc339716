/** The public states of an approval request. `requested` is the instant before policy has been asked. */
export const requestStatuses = ['requested', 'pending', 'approved', 'denied', 'expired', 'cancelled'] as const;
/** One of {@link requestStatuses}. */
export type RequestStatus = (typeof requestStatuses)[number];

/** The four ways a request ends; nothing leaves them (RULES 16). */
export const terminalStatuses = ['approved', 'denied', 'expired', 'cancelled'] as const;
/** One of {@link terminalStatuses}. */
export type TerminalStatus = (typeof terminalStatuses)[number];

/** Whether the request has ended. */
export function isTerminal(status: RequestStatus): status is TerminalStatus {
  return (terminalStatuses as readonly string[]).includes(status);
}

/** What callers see: `requested` is shown as `pending`. */
export type PublicRequestStatus = Exclude<RequestStatus, 'requested'>;

/** See {@link PublicRequestStatus}. */
export function publicStatus(status: RequestStatus): PublicRequestStatus {
  return status === 'requested' ? 'pending' : status;
}
