import { setTimeout as sleep } from 'node:timers/promises';

/** One run of something that is meant to run on. */
export interface Run {
  /** Settles when it has ended, for whatever reason. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Something that is started again whenever it ends by itself. */
export interface Service {
  stop(): Promise<void>;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** After so long without trouble the pause is short again. */
const calmMs = 60_000;

/**
 * Starts a service and keeps it running. The first start's error is the caller's; later ones are said and tried again.
 *
 * @param say told of each unexpected end.
 */
export async function keepRunning(
  name: string,
  start: () => Promise<Run>,
  say: (message: string) => void,
): Promise<Service> {
  let current: Run | undefined = await start();
  const stopping = new AbortController();
  let pauseMs = firstPauseMs;

  async function watch(): Promise<void> {
    for (;;) {
      const begun = Date.now();
      const reason = current === undefined ? 'it did not start' : await current.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - begun > calmMs) pauseMs = firstPauseMs;
      say(`${name} ended unexpectedly (${reason}); starting it again in ${pauseMs / 1_000} s`);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      if (stopping.signal.aborted) return;
      try {
        current = await start();
        // Stopped while it was starting.
        if (stopping.signal.aborted) return await current.stop();
        say(`${name} runs again`);
      } catch (error) {
        current = undefined;
        say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
    },
  };
}
