import { useSyncExternalStore } from 'react';

let unseen: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** Counts a decision that came while the tab was hidden. @returns whether it is a new one */
export function addUnseen(requestId: string): boolean {
  if (unseen.has(requestId)) return false;
  change(new Set([...unseen, requestId]));
  return true;
}

/** Somebody looks at the tab again. */
export function clearUnseen(): void {
  if (unseen.size > 0) change(new Set());
}

export function useUnseenDecisions(): number {
  return useSyncExternalStore(subscribe, () => unseen.size);
}

function change(next: ReadonlySet<string>): void {
  unseen = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
