import { LRUCache } from 'lru-cache';

const firstWaitMs = 5_000;
const longestWaitMs = 5 * 60_000;

/** Clients whose site failed when it was last asked: each is left alone for a while, longer with each failure. */
export interface FailingSites {
  /** Seconds until this one's is asked again; undefined when it may be now. */
  secondsLeft(clientId: string): number | undefined;
  failed(clientId: string): void;
  answered(clientId: string): void;
}

/** Counts in memory, each process for itself. */
export function failingSites(now: () => Date): FailingSites {
  const failures = new LRUCache<string, { waitMs: number; until: number }>({ max: 2_000 });
  return {
    secondsLeft: (clientId) => {
      const leftMs = (failures.get(clientId)?.until ?? 0) - now().getTime();
      return leftMs > 0 ? Math.ceil(leftMs / 1_000) : undefined;
    },
    failed: (clientId) => {
      const before = failures.get(clientId)?.waitMs;
      const waitMs = before === undefined ? firstWaitMs : Math.min(before * 2, longestWaitMs);
      failures.set(clientId, { waitMs, until: now().getTime() + waitMs });
    },
    answered: (clientId) => {
      failures.delete(clientId);
    },
  };
}
