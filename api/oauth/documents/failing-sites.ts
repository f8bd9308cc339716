import { LRUCache } from 'lru-cache';

const firstWaitMs = 5_000;
const longestWaitMs = 5 * 60_000;

/** Sites that failed when they were last asked: each is left alone for a while, longer with each failure. */
export interface FailingSites {
  /** Seconds until this one is asked again; undefined when it may be now. */
  secondsLeft(site: string): number | undefined;
  failed(site: string): void;
  answered(site: string): void;
}

/** Counts in memory, each process for itself. */
export function failingSites(now: () => Date): FailingSites {
  const failures = new LRUCache<string, { waitMs: number; until: number }>({ max: 2_000 });
  return {
    secondsLeft: (site) => {
      const leftMs = (failures.get(site)?.until ?? 0) - now().getTime();
      return leftMs > 0 ? Math.ceil(leftMs / 1_000) : undefined;
    },
    failed: (site) => {
      const before = failures.get(site)?.waitMs;
      const waitMs = before === undefined ? firstWaitMs : Math.min(before * 2, longestWaitMs);
      failures.set(site, { waitMs, until: now().getTime() + waitMs });
    },
    answered: (site) => {
      failures.delete(site);
    },
  };
}
