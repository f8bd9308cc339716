import type { Stats } from '../../../api/contract/stats.ts';

/** The ends of requests in the order in which a bar is built up from below. */
export const endSeries = [
  { key: 'approved', label: 'Approved', className: 'fill-good' },
  { key: 'denied', label: 'Denied', className: 'fill-bad' },
  { key: 'expired', label: 'Expired', className: 'fill-gone' },
  { key: 'cancelled', label: 'Cancelled', className: 'fill-pulled' },
] as const;

export type Day = Stats['days'][number];

/** A number at or above the highest value at which a scale ends, and which four equal steps reach. Pure. */
export function scaleEnd(highest: number): number {
  if (highest <= 4) return 4;
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].find((factor) => factor * magnitude >= highest) ?? 10;
  return Math.max(4, Math.ceil((step * magnitude) / 4) * 4);
}

/** How many requests ended on a day. Pure. */
export function endedOn(day: Day): number {
  return endSeries.reduce((sum, { key }) => sum + day[key], 0);
}

/** The pieces of a day's bar from below: where each begins and how high it is, in shares of the scale. Pure. */
export function barPieces(day: Day, scale: number): { className: string; from: number; height: number }[] {
  let from = 0;
  return endSeries.flatMap(({ key, className }) => {
    const height = day[key] / scale;
    const piece = { className, from, height };
    from += height;
    return height === 0 ? [] : [piece];
  });
}

/** A duration as people say it, with at most two units. Pure. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return '< 1 s';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** A share as a whole percentage that is 0 or 100 only when it is. Pure. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  if (share < 1 && share > 0.99) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}
