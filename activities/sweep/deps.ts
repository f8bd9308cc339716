import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Db } from '../store/connect.ts';

/** How eagerly the sweeper looks and repairs; all in milliseconds but the batches. */
export interface SweepTiming {
  /** Pause between two sweeps. */
  everyMs: number;
  /** What is younger is still on its ordinary way and left alone. */
  graceMs: number;
  /** The same thing is not tried again sooner. */
  againMs: number;
  /** Rows looked at per sweep and kind. */
  batch: number;
  /** Rows per sweep of the walks through all that is in order: each costs a question to Temporal. */
  walkBatch: number;
}

/** What a crash left is repaired within seconds, at a cost that nobody notices. */
export const defaultSweepTiming: SweepTiming = {
  everyMs: 5_000,
  graceMs: 5_000,
  againMs: 60_000,
  batch: 100,
  walkBatch: 25,
};

/** What the sweeper needs. */
export interface SweepDeps {
  db: Db;
  client: Client;
  now: () => Date;
  timing: SweepTiming;
  logger: Logger;
}

/** The moment before which something counts as left behind. */
export function leftBehindBefore(deps: SweepDeps): Date {
  return new Date(deps.now().getTime() - deps.timing.graceMs);
}

/** The moment since which a repair must not have been tried. */
export function notRepairedSince(deps: SweepDeps): Date {
  return new Date(deps.now().getTime() - deps.timing.againMs);
}
