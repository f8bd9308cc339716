/** How long something still lasts, as whoever waits for its end reads it: `for another 7 minutes`. Pure. */
export function forAnother(until: Date, now: Date): string {
  const minutes = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 60_000));
  return `for another ${minutes === 1 ? 'minute' : `${minutes} minutes`}`;
}
