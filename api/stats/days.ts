import type { DayCount } from '../../activities/store/statistics-by-day.ts';
import type { Stats } from '../contract/stats.ts';

/** A day, in milliseconds. */
export const dayMs = 24 * 60 * 60 * 1_000;

/** The beginning of the day, in UTC. */
export function startOfDay(at: Date): Date {
  return new Date(at.getTime() - (((at.getTime() % dayMs) + dayMs) % dayMs));
}

/**
 * A row for each day from the first to today, also where nothing happened. What waited at the end of a day is counted
 * back from what waits now. Pure.
 */
export function days(first: Date, today: Date, counts: readonly DayCount[], waitingNow: number): Stats['days'] {
  const of = new Map(counts.map(({ day, what, count }) => [`${day} ${what}`, count]));
  const rows: Stats['days'] = [];
  let waiting = waitingNow;
  for (let at = startOfDay(today).getTime(); at >= startOfDay(first).getTime(); at -= dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    const count = (what: DayCount['what']): number => of.get(`${day} ${what}`) ?? 0;
    const row = {
      day,
      asked: count('asked'),
      approved: count('approved'),
      denied: count('denied'),
      expired: count('expired'),
      cancelled: count('cancelled'),
      waiting: Math.max(0, waiting),
    };
    rows.push(row);
    waiting += row.approved + row.denied + row.expired + row.cancelled - row.asked;
  }
  return rows.reverse();
}
