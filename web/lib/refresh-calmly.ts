import type { QueryKey } from '@tanstack/react-query';

/**
 * Passes a refresh on at once, and what follows for the same key within `restMs` as one at its end. Each refresh breaks
 * off the one on its way: a burst of events would keep a page from ever being told anything, and ask the server for
 * every one of them.
 */
export function refreshCalmly(refresh: (key: QueryKey) => void, restMs = 200): (key: QueryKey) => void {
  /** Keys that rest, and whether they were asked for meanwhile. */
  const resting = new Map<string, boolean>();
  const ask = (key: QueryKey): void => {
    const name = JSON.stringify(key);
    if (resting.has(name)) {
      resting.set(name, true);
      return;
    }
    resting.set(name, false);
    setTimeout(() => {
      const again = resting.get(name) === true;
      resting.delete(name);
      if (again) ask(key);
    }, restMs);
    refresh(key);
  };
  return ask;
}
