import { useSyncExternalStore } from 'react';

/** How the browser stands to notices from this page; `unsupported` where it has none. */
export type NoticePermission = NotificationPermission | 'unsupported';

const listeners = new Set<() => void>();

/** Whether a notice may be shown now. */
export function mayNotify(): boolean {
  return permission() === 'granted';
}

/** For showing; changes when the person is asked here. */
export function useNoticePermission(): NoticePermission {
  return useSyncExternalStore(subscribe, permission);
}

/** Asks the person. Only ever from a click of theirs. */
export async function askForNotices(): Promise<void> {
  if (permission() === 'default') await Notification.requestPermission();
  for (const listener of listeners) listener();
}

function permission(): NoticePermission {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
