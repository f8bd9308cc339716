import { useSyncExternalStore } from 'react';
import type { ConnectionState } from './connection-state.ts';

let current: ConnectionState = 'connecting';
const listeners = new Set<() => void>();

/** Records how the live stream stands; one stream per page, so one state. */
export function setConnection(next: ConnectionState): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

/** How the live stream stands now. */
export function connectionNow(): ConnectionState {
  return current;
}

/** How the live stream stands, for showing. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribe, connectionNow);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
