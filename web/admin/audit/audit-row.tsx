import { Badge } from '../../ui/badge.tsx';
import { clientLabel } from '../../ui/client-label.ts';
import { Moment } from '../../ui/moment.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { entryWord } from './audit-words.ts';
import { gist } from './gist.ts';
import type { NamedEntry } from './named-entries.ts';

/** One entry on a line: what, by whom, to whom, when. Opens in full. */
export function AuditRow({ entry, onOpen }: { entry: NamedEntry; onOpen: () => void }) {
  const { text, tone } = entryWord(entry.type);
  return (
    <button
      type="button"
      onClick={onOpen}
      className="quiet-motion grid w-full gap-x-4 gap-y-1 px-4 py-2.5 text-left text-sm -outline-offset-2 hover:bg-sunken md:grid-cols-[minmax(0,15rem)_minmax(0,1fr)_auto] md:items-center"
    >
      <span className="min-w-0">
        <Badge tone={tone}>{text}</Badge>
      </span>
      <span className="min-w-0 wrap-anywhere">
        <span className="font-medium">{entry.actor}</span>
        {entry.subject !== null && entry.subject !== entry.actor && (
          <span className="text-muted"> about {entry.subject}</span>
        )}
        {entry.scopes.length > 0 && <span className="font-mono text-xs text-muted"> {entry.scopes.join(' ')}</span>}
        {entry.client?.first_party === false && (
          <span className="text-muted" title={entry.client_id ?? undefined}>
            {' '}
            through <bdi>{clientLabel(entry.client)}</bdi>
          </span>
        )}
        <span className="text-muted">
          {' '}
          <VisibleText text={gist(entry)} />
        </span>
      </span>
      <span className="text-xs whitespace-nowrap text-muted tabular-nums">
        <Moment at={entry.at} /> · #{entry.position}
      </span>
    </button>
  );
}
