import { setTimeout as sleep } from 'node:timers/promises';
import { sealEntries, sealingHorizon, writersLeft, type SealingHorizon } from '../store/audit-seals.ts';
import type { Db } from '../store/connect.ts';

/** Entries sealed in one transaction, and transactions in one sweep. */
const batch = 1_000;
const batches = 20;

/** How often, and for how long, one sweep looks whether writers have ended; they take milliseconds. */
const lookMs = 20;
const looks = 25;

/**
 * Seals the audit log in the order of its positions, as far as nothing can appear in between any more. A transaction
 * that stays open holds sealing up, not appending; the next sweep goes on with the same horizon.
 */
export function createAuditSealing(db: Db): () => Promise<void> {
  let horizon: SealingHorizon | undefined;
  return async () => {
    horizon ??= await sealingHorizon(db);
    if (horizon === undefined) return;
    for (let look = 1; await writersLeft(db, horizon); look += 1) {
      if (look === looks) return;
      await sleep(lookMs);
    }
    // From here on it needs no looking: below it, nothing changes.
    horizon = { ...horizon, writers: [] };
    for (let done = 0; done < batches; done += 1) {
      if ((await sealEntries(db, horizon.upTo, batch)) === batch) continue;
      horizon = undefined;
      return;
    }
  };
}
