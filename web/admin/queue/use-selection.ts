import { useState } from 'react';
import { stepTo, successorOf, type Selection } from './next-selection.ts';

/**
 * Which row the keys act on. It is held by id, so that a row that arrives or leaves never puts another request under
 * a finger; when the selected one leaves, nothing is selected until the next J or K, which go on from there.
 */
export function useSelection(ids: readonly string[]) {
  const [last, setLast] = useState<Selection>();
  const selected = last !== undefined && ids.includes(last.id) ? last.id : undefined;
  const show = (next: Selection | undefined): void => {
    if (next === undefined) return;
    setLast(next);
    focusRow(next.id);
  };
  return {
    selected,
    select: (id: string): void => setLast({ id, index: ids.indexOf(id) }),
    /** @returns whether there was somewhere to go. */
    move: (step: 1 | -1): boolean => {
      const next = stepTo(ids, last, step);
      show(next);
      return next !== undefined && next.id !== last?.id;
    },
    show: (id: string): void => show({ id, index: ids.indexOf(id) }),
    /** Goes on after a decision, when its dialog has gone. */
    leave: (decided: string): void => {
      const next = successorOf(ids, decided);
      requestAnimationFrame(() => show(next));
    },
  };
}

function focusRow(id: string): void {
  const link = document.querySelector<HTMLElement>(`[data-request="${CSS.escape(id)}"]`);
  link?.focus({ preventScroll: true });
  link?.closest('li')?.scrollIntoView({ block: 'nearest' });
}
