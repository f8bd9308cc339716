import { useSyncExternalStore } from 'react';

const storageKey = 'countersign-single-keys';
let on = read();
const listeners = new Set<() => void>();

/** Whether single keys act (WCAG 2.1.4 wants them to be switchable); remembered on this machine. */
export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, () => on);
}

/** Turns single keys on or off, everywhere in the dashboard. */
export function setSingleKeys(next: boolean): void {
  on = next;
  try {
    localStorage.setItem(storageKey, next ? 'on' : 'off');
  } catch {
    // Storage is off: the choice holds for this page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}
