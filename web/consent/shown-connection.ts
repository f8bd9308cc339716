import { isNotSignedIn, isOutage } from '../lib/api-error.ts';
import type { ConnectionState } from '../lib/connection-state.ts';

/** How a query stands: its last failure, and that of a try which is still being repeated. */
export interface Answers {
  error: Error | null;
  failureReason: Error | null;
}

/**
 * What to say of the connection: lost as soon as the stream or an answer fails, not only when all tries have. A stream
 * that is refused to whoever is signed out is no outage. Pure.
 */
export function shownConnection(stream: ConnectionState, { error, failureReason }: Answers): ConnectionState {
  if (isNotSignedIn(error) || isNotSignedIn(failureReason)) return 'connecting';
  return isOutage(error) || isOutage(failureReason) ? 'lost' : stream;
}
