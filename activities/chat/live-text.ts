/** What models are saying in this process, passed on at once to whoever listens here. */
export interface LiveText {
  publish(messageId: string, saidSoFar: string): void;
  /** @returns what ends the subscription */
  subscribe(messageId: string, listener: (saidSoFar: string) => void): () => void;
}

/**
 * A shortcut within one process and nothing more: what counts is in the database, where listeners of other processes
 * find it a little later.
 */
export function createLiveText(): LiveText {
  const listeners = new Map<string, Set<(saidSoFar: string) => void>>();
  return {
    publish(messageId, saidSoFar) {
      for (const listener of listeners.get(messageId) ?? []) listener(saidSoFar);
    },
    subscribe(messageId, listener) {
      const own = listeners.get(messageId) ?? new Set();
      listeners.set(messageId, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(messageId) === own) listeners.delete(messageId);
      };
    },
  };
}
