import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Authority } from '../ports.ts';

/** Records refused tokens, so many a minute: whoever sends forged tokens must not be able to fill the audit table. */
export class RefusalJournal {
  readonly #limiter = new RateLimiterMemory({ points: 60, duration: 60 });
  readonly #authority: Pick<Authority, 'audit'>;
  readonly #resource: string;
  readonly #logger: Logger;

  constructor(authority: Pick<Authority, 'audit'>, resource: string, logger: Logger) {
    this.#authority = authority;
    this.#resource = resource;
    this.#logger = logger;
  }

  /** Never throws: the request is refused anyway. */
  async record(reason: string): Promise<void> {
    this.#logger.warn({ reason }, 'access token refused');
    try {
      await this.#limiter.consume('refusals');
    } catch {
      return;
    }
    try {
      await this.#authority.audit({
        type: 'token.refused',
        actor: 'anonymous',
        data: { reason, resource: this.#resource },
      });
    } catch (error) {
      this.#logger.error({ err: error }, 'a refused token could not be recorded');
    }
  }
}
