/** Times of one side, in milliseconds. */
export interface Times {
  p50: number;
  p95: number;
  count: number;
}

/** One line of the table: ours beside its reference, where it has one. */
export interface Figure {
  part: string;
  what: string;
  unit: 'ms' | 'per second' | 's' | 'MB' | 'kB' | 'times';
  ours: Times | number;
  reference?: Times | number;
  /** Ours over the reference, of medians. */
  ratio?: number;
  /** What is aimed at, in words; nothing is asserted. */
  aim?: string;
}

/** Median and 95th percentile. @throws RangeError when there is nothing to summarize. */
export function timesOf(samples: readonly number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    if (value === undefined) throw new RangeError('no samples');
    return value;
  };
  return { p50: at(0.5), p95: at(0.95), count: sorted.length };
}

/** Ours over reference, by medians, or by values where there is only one. */
export function compared(figure: Omit<Figure, 'ratio'> & { reference: Times | number }): Figure {
  return { ...figure, ratio: middle(figure.ours) / middle(figure.reference) };
}

/** The value that ratios are made of. */
export function middle(value: Times | number): number {
  return typeof value === 'number' ? value : value.p50;
}

/** One thing to time: sets up untimed, and resolves with the milliseconds that count. */
export type Timed = (index: number) => Promise<number>;

/**
 * Runs the sides in turns, first each in the other order every time, so that what else the machine does hits all alike.
 *
 * @param warmUp rounds that do not count.
 */
export async function inTurns(sides: readonly Timed[], rounds: number, warmUp: number): Promise<Times[]> {
  const samples: number[][] = sides.map(() => []);
  for (let round = -warmUp; round < rounds; round += 1) {
    const order = sides.map((_side, index) => index);
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const ms = await sides[index]?.(round + warmUp);
      if (ms !== undefined && round >= 0) samples[index]?.push(ms);
    }
  }
  return samples.map(timesOf);
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
