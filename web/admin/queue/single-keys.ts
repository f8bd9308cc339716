import { useState } from 'react';

const storageKey = 'countersign-single-keys';

/** Whether single keys act (WCAG 2.1.4 wants them to be switchable); remembered on this machine. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(read);
  const change = (next: boolean): void => {
    setOn(next);
    try {
      localStorage.setItem(storageKey, next ? 'on' : 'off');
    } catch {
      // Storage is off: the choice holds for this page.
    }
  };
  return [on, change];
}

function read(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}
