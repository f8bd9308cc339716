const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Time left as a countdown: `09:05` below an hour, `3 h 20 min` below a day, `2 d 4 h` above; never negative. */
export function formatRemaining(milliseconds: number): string {
  const left = Math.max(0, milliseconds);
  if (left < hour) return `${twoDigits(left / minute)}:${twoDigits((left % minute) / 1000)}`;
  if (left < day) return `${Math.floor(left / hour)} h ${Math.floor((left % hour) / minute)} min`;
  return `${Math.floor(left / day)} d ${Math.floor((left % day) / hour)} h`;
}

/** Time passed, roughly: `just now`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function formatAge(milliseconds: number): string {
  if (milliseconds < minute) return 'just now';
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} min ago`;
  if (milliseconds < day) return `${Math.floor(milliseconds / hour)} h ago`;
  return `${Math.floor(milliseconds / day)} d ago`;
}

/** A moment in the reader's language and zone: the time alone when it is today, else with the date. */
export function formatMoment(iso: string, now: number): string {
  const at = new Date(iso);
  const today = new Date(now).toDateString() === at.toDateString();
  return new Intl.DateTimeFormat(undefined, {
    ...(today ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

/** A moment in full, for titles and timelines. */
export function formatFullMoment(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
