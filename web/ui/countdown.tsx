import { formatRemaining } from '../lib/format-time.ts';
import { useServerNow } from '../lib/use-server-now.ts';

/**
 * Time left until a moment, such as `09:05 left`, on the server's clock. Silent for screen readers but for the last minute and the end: a
 * ticking live region would talk without pause.
 */
export function Countdown({ until, label }: { until: string; label: string }) {
  const left = Date.parse(until) - useServerNow(1_000);
  const announcement = left <= 0 ? `${label}: time is up` : left <= 60_000 ? `${label}: less than a minute` : '';
  return (
    <>
      <span role="timer" aria-live="off" aria-label={label} className="tabular-nums">
        {left <= 0 ? 'time is up' : `${formatRemaining(left)} left`}
      </span>
      <span className="sr-only" aria-live="polite">
        {announcement}
      </span>
    </>
  );
}
