import { useState } from 'react';

/** Which rows are ticked for a decision on several. Ids that have left the list are not ticked any more. */
export function useTicks(ids: readonly string[]) {
  const [wanted, setWanted] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState<string>();
  const ticked = ids.filter((id) => wanted.has(id));
  return {
    ticked,
    isTicked: (id: string): boolean => wanted.has(id),
    toggle: (id: string): void => {
      const next = new Set(wanted);
      if (!next.delete(id)) next.add(id);
      setWanted(next);
      setAnchor(id);
    },
    /** Ticks everything from the row that was ticked last to this one. */
    toggleTo: (id: string): void => {
      const [from, to] = [anchor === undefined ? ids.indexOf(id) : ids.indexOf(anchor), ids.indexOf(id)].sort(
        (one, other) => one - other,
      );
      setWanted(new Set([...wanted, ...ids.slice(Math.max(0, from ?? 0), (to ?? 0) + 1)]));
      setAnchor(id);
    },
    add: (more: readonly string[]): void => setWanted(new Set([...wanted, ...more])),
    clear: (): void => setWanted(new Set()),
  };
}
