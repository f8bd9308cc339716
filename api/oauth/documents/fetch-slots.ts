/** Bounds what is fetched at the same time. */
export interface FetchSlots {
  /** @returns what gives the slot back; undefined when there is none left */
  take(host: string): (() => void) | undefined;
}

/** Nobody waits in line for one: what a slow site holds up would be everybody behind it. */
export function fetchSlots(limit: { together: number; perHost: number }): FetchSlots {
  const taken = new Map<string, number>();
  let together = 0;
  return {
    take: (host) => {
      const here = taken.get(host) ?? 0;
      if (together >= limit.together || here >= limit.perHost) return undefined;
      together += 1;
      taken.set(host, here + 1);
      return () => {
        together -= 1;
        const left = (taken.get(host) ?? 1) - 1;
        if (left === 0) taken.delete(host);
        else taken.set(host, left);
      };
    },
  };
}
