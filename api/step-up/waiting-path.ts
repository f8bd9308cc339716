/** The page on which somebody waits until a client's authorization request is decided. */
export function waitingPath(uid: string): string {
  return `/waiting/${encodeURIComponent(uid)}`;
}
