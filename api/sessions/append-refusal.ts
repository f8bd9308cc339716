import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { appendAudit, type AuditEntry } from '../../activities/store/audit.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import type { Caller } from './caller.ts';

/** As of refused tokens: who tries again and again must not be able to fill the audit table. */
const limiter = new RateLimiterMemory({ points: 60, duration: 60 });
/** How many were left out since the last that was recorded; of so many, so that it does not grow with whoever comes by. */
const leftOut = new LRUCache<string, number>({ max: 10_000 });

/**
 * Audits what a caller was refused: of one person at one client so many of a kind a minute. The next entry then tells
 * how many were left out (`left_out_before`).
 */
export async function appendRefusal(db: DbOrTrx, caller: Caller, entry: Omit<AuditEntry, 'actor'>): Promise<void> {
  const of = JSON.stringify([entry.type, caller.person.subject, caller.clientId]);
  const counted = await limiter.consume(of).catch(() => undefined);
  const before = leftOut.get(of) ?? 0;
  if (counted === undefined) {
    leftOut.set(of, before + 1);
    return;
  }
  leftOut.delete(of);
  const data = before === 0 ? entry.data : { ...entry.data, left_out_before: before };
  await appendAudit(db, { ...entry, actor: caller.person.subject, ...(data === undefined ? {} : { data }) });
}
