/** Tells a person at a terminal what is going on. */
export interface Progress {
  say(message: string): void;
  /** Runs something that may be slow: says so after a second, keeps saying so, and says how long it took. */
  step<T>(label: string, work: () => Promise<T>): Promise<T>;
}

/** @param write takes one line with its newline. */
export function createProgress(write: (line: string) => void, now: () => number = Date.now): Progress {
  const begun = now();
  const say = (message: string) => {
    write(`[${((now() - begun) / 1_000).toFixed(1).padStart(5)} s] ${message}\n`);
  };
  async function step<T>(label: string, work: () => Promise<T>): Promise<T> {
    const stepBegun = now();
    const seconds = () => Math.round((now() - stepBegun) / 1_000);
    const first = setTimeout(() => say(`${label} …`), 1_000);
    const later = setInterval(() => say(`${label}: still at it after ${seconds()} s`), 15_000);
    try {
      const result = await work();
      if (seconds() >= 1) say(`${label}: done in ${seconds()} s`);
      return result;
    } finally {
      clearTimeout(first);
      clearInterval(later);
    }
  }
  return { say, step };
}
