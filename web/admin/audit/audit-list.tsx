import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { AuditRow } from './audit-row.tsx';
import type { NamedEntry } from './named-entries.ts';

/** The entries of the log; only those near the screen are in the page, however long the log is. */
export function AuditList(props: {
  entries: readonly NamedEntry[];
  more: boolean;
  onEnd: () => void;
  onOpen: (position: string) => void;
}) {
  const { entries, more, onEnd } = props;
  const list = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(0);
  // What stands above the list changes its height, as filters wrap and notices come.
  useLayoutEffect(() => {
    const measure = (): void => setAbove(list.current?.offsetTop ?? 0);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  const rows = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => 56,
    overscan: 12,
    scrollMargin: above,
    getItemKey: (index) => entries[index]?.position ?? index,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= entries.length - 20) onEnd();
  }, [more, last, entries.length, onEnd]);
  return (
    <div
      ref={list}
      role="list"
      aria-label="Audit entries, newest first"
      className="relative min-w-0 overflow-clip rounded-xl border border-line bg-surface"
      style={{ height: rows.getTotalSize() + 1 }}
    >
      {items.map((item) => {
        const entry = entries[item.index];
        if (entry === undefined) return null;
        return (
          <div
            key={item.key}
            ref={rows.measureElement}
            data-index={item.index}
            role="listitem"
            aria-posinset={item.index + 1}
            aria-setsize={more ? -1 : entries.length}
            className="absolute inset-x-0 top-0 border-b border-line"
            style={{ transform: `translateY(${item.start - above}px)` }}
          >
            <AuditRow entry={entry} onOpen={() => props.onOpen(entry.position)} />
          </div>
        );
      })}
    </div>
  );
}
