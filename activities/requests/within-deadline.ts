import type { Client } from '@temporalio/client';

/** gRPC status code DEADLINE_EXCEEDED. */
const deadlineExceeded = 4;

/** How long Temporal may take to answer somebody who is waiting, in milliseconds. */
export const answersWithinMs = 3_000;

/** A server that hangs must not hang its callers: gRPC's own deadline is a matter of minutes. */
export async function withinDeadline<T>(client: Client, call: () => Promise<T>): Promise<T> {
  return client.connection.withDeadline(Date.now() + answersWithinMs, call);
}

/** Whether a call ran out of time, wherever in the chain of causes the client has put that; it may have arrived. */
export function isDeadline(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === deadlineExceeded) || isDeadline(error.cause);
}
