import { formatAge, formatFullMoment } from '../lib/format-time.ts';
import { useServerNow } from '../lib/use-server-now.ts';

/** How long ago something was, on the server's clock. */
export function Age({ since }: { since: string }) {
  const now = useServerNow(15_000);
  return (
    <time dateTime={since} title={formatFullMoment(since)}>
      {formatAge(now - Date.parse(since))}
    </time>
  );
}
