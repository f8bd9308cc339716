import { useSyncExternalStore } from 'react';

export type Verdict = 'approve' | 'deny';

let recorded: ReadonlyMap<string, Verdict> = new Map();
const listeners = new Set<() => void>();

/**
 * Remembers that this page's decision was recorded but not judged (202, RULES 17): it is shown as "being delivered"
 * until the request's own status settles.
 */
export function rememberRecorded(requestId: string, verdict: Verdict): void {
  recorded = new Map(recorded).set(requestId, verdict);
  for (const listener of listeners) listener();
}

/** Whether this page has recorded a decision on a request that has not settled. */
export function isRecorded(requestId: string): boolean {
  return recorded.has(requestId);
}

/** This page's recorded decision on a request, if there is one. */
export function useRecordedDecision(requestId: string): Verdict | undefined {
  return useSyncExternalStore(subscribe, () => recorded.get(requestId));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
