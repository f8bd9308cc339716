/** The life of a tool call in a conversation. */
export const callStatuses = [
  'proposed',
  'parked',
  'ready',
  'running',
  'succeeded',
  'failed',
  'unknown',
  'denied',
  'expired',
  'cancelled',
  'superseded',
  'scope_unavailable',
] as const;
/** One of {@link callStatuses}. */
export type CallStatus = (typeof callStatuses)[number];

/** Whether the call has ended, so that the turn can go on with its outcome. */
export function callHasEnded(status: CallStatus): boolean {
  return !['proposed', 'parked', 'ready', 'running'].includes(status);
}
