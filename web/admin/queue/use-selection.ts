import { useState } from 'react';

/**
 * Which row the keys act on. It is held by id, so that a row that arrives or leaves never puts another request under
 * a finger; when the selected one leaves, nothing is selected until the next J or K.
 */
export function useSelection(ids: readonly string[]) {
  const [wanted, select] = useState<string>();
  const selected = wanted !== undefined && ids.includes(wanted) ? wanted : undefined;
  const move = (step: 1 | -1): void => {
    const at = selected === undefined ? (step === 1 ? -1 : ids.length) : ids.indexOf(selected);
    const next = ids[Math.max(0, Math.min(ids.length - 1, at + step))];
    if (next === undefined) return;
    select(next);
    const link = document.querySelector<HTMLElement>(`[data-request="${CSS.escape(next)}"]`);
    link?.focus();
    link?.closest('li')?.scrollIntoView({ block: 'nearest' });
  };
  return { selected, select, move };
}
