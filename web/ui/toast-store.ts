import { useSyncExternalStore } from 'react';
import type { Tone } from './tone.ts';

/** A sentence about something that has just happened. */
export interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

const shownMs = 8_000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

/** Shows a sentence for a while. Nothing that somebody must not miss: that belongs into the page. */
export function showToast(tone: Tone, text: string): void {
  const id = (lastId += 1);
  change([...toasts, { id, tone, text }]);
  setTimeout(() => dismissToast(id), shownMs);
}

export function dismissToast(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
