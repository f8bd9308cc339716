import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Log, OwnAuthority, RefusedTokens } from '../ports.ts';

/** Records refused tokens, so many a minute: whoever sends forged tokens must not be able to fill the audit table. */
export class RefusalJournal implements RefusedTokens {
  readonly #limiter = new RateLimiterMemory({ points: 60, duration: 60 });
  readonly #authority: Pick<OwnAuthority, 'recordRefusedToken'>;
  readonly #resource: string;
  readonly #logger: Log;

  constructor(authority: Pick<OwnAuthority, 'recordRefusedToken'>, resource: string, logger: Log) {
    this.#authority = authority;
    this.#resource = resource;
    this.#logger = logger;
  }

  async record(reason: string): Promise<void> {
    this.#logger.warn({ reason }, 'access token refused');
    try {
      await this.#limiter.consume('refusals');
    } catch {
      return;
    }
    try {
      await this.#authority.recordRefusedToken({ reason, resource: this.#resource });
    } catch (error) {
      this.#logger.error({ err: error }, 'a refused token could not be recorded');
    }
  }
}
