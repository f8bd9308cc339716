import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { SweepTiming } from './deps.ts';
import type { Sweeper } from './sweeper.ts';
import type { MaintenanceActivities } from './types.ts';

/** One attempt lasts this long, so that the history of the workflow stays short. */
const attemptMs = 30 * 60_000;
const heartbeatMs = 2_000;

/** The sweeping of this process; of all workers one at a time is given it by Temporal. */
export interface Housekeeping extends MaintenanceActivities {
  /** Ends a running attempt at once, so that the worker can stop; another worker takes over. */
  stop(): void;
}

/** Sweeps at an interval while Temporal lets this worker; the first time after one interval, when work has caught up. */
export function createHousekeeping(sweeper: Sweeper, timing: Pick<SweepTiming, 'everyMs'>): Housekeeping {
  const stopping = new AbortController();
  return {
    async keepHouse() {
      const context = Context.current();
      const ended = AbortSignal.any([stopping.signal, context.cancellationSignal]);
      const beat = setInterval(() => {
        context.heartbeat();
      }, heartbeatMs);
      try {
        const until = Date.now() + attemptMs;
        while (Date.now() < until && !ended.aborted) {
          await sleep(timing.everyMs, undefined, { signal: ended }).catch(() => undefined);
          if (!ended.aborted) await sweeper.sweep();
        }
      } finally {
        clearInterval(beat);
      }
      // Offered again only when this worker has stopped asking.
      if (stopping.signal.aborted)
        throw ApplicationFailure.create({ message: 'stopping', nextRetryDelay: '1s', category: 'BENIGN' });
    },
    stop: () => {
      stopping.abort();
    },
  };
}
