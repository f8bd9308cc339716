import { Clock } from 'lucide-react';
import { useServerNow } from '../../lib/use-server-now.ts';
import { Countdown } from '../../ui/countdown.tsx';

const soonMs = 15 * 60_000;

/** How long a request still waits; what ends soon stands out. */
export function TimeLeft({ until, label }: { until: string; label: string }) {
  const soon = Date.parse(until) - useServerNow(15_000) < soonMs;
  return (
    <span className={`inline-flex items-center gap-1 ${soon ? 'font-medium text-wait' : ''}`}>
      <Clock aria-hidden className="size-3.5" />
      <Countdown until={until} label={label} />
    </span>
  );
}
