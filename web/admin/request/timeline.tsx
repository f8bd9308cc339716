import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { formatFullMoment } from '../../lib/format-time.ts';
import { VisibleText } from '../../ui/visible-text.tsx';
import { timelineText } from './timeline-text.ts';

/** What the audit table says about a request, oldest first. */
export function Timeline({ entries }: { entries: RequestDetail['timeline'] }) {
  if (entries.length === 0) return <p className="text-sm text-muted">Nothing yet</p>;
  return (
    <ol className="grid border-l border-line-strong pl-4">
      {entries.map((entry, index) => {
        const { what, details } = timelineText(entry);
        return (
          <li key={index} className="relative pb-3 text-sm last:pb-0">
            <span aria-hidden className="absolute top-1.5 -left-[1.3rem] size-2 rounded-full bg-line-strong" />
            <p className="wrap-anywhere">
              {what} <span className="text-muted">· {entry.actor}</span>
            </p>
            {details !== '' && (
              <p className="text-xs wrap-anywhere text-muted">
                <VisibleText text={details} />
              </p>
            )}
            <p className="text-xs text-muted">
              <time dateTime={entry.at}>{formatFullMoment(entry.at)}</time>
            </p>
          </li>
        );
      })}
    </ol>
  );
}
