import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { appendAudit } from '../../activities/store/audit.ts';
import type { Db } from '../../activities/store/connect.ts';

/**
 * Records refused tokens in the audit table, so many a minute: whoever sends forged tokens must not be able to fill it.
 *
 * @returns a function that never throws: the request is refused anyway.
 */
export function refusedTokenJournal(deps: {
  db: Db;
  apiResource: string;
  logger: Logger;
}): (reason: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points: 60, duration: 60 });
  return async (reason) => {
    const counted = await limiter.consume('refusals').catch(() => undefined);
    if (counted === undefined) return;
    try {
      const data = { reason, resource: deps.apiResource };
      await appendAudit(deps.db, { type: 'token.refused', actor: 'anonymous', data });
    } catch (error) {
      deps.logger.error({ err: error }, 'a refused token could not be recorded');
    }
  };
}
