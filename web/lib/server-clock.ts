let offset = 0;

/**
 * Learns how far this machine's clock is from the server's, from the `now` of an answer. Countdowns run on the
 * server's time: a wrong clock here must not show an open request as expired.
 */
export function observeServerTime(now: string, receivedAt = Date.now()): void {
  const serverTime = Date.parse(now);
  if (!Number.isNaN(serverTime)) offset = serverTime - receivedAt;
}

/** The server's time, in milliseconds since the epoch. */
export function serverNow(localNow = Date.now()): number {
  return localNow + offset;
}
