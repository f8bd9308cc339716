import { formatFullMoment, formatMoment } from '../lib/format-time.ts';
import { serverNow } from '../lib/server-clock.ts';

/** A moment in the reader's own zone; the full one on hover. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatFullMoment(at)}>
      {formatMoment(at, serverNow())}
    </time>
  );
}
