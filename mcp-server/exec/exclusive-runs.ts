import { DomainError } from '../../workflows/domain/errors.ts';

/** Lets each person run one command at a time. */
export class ExclusiveRuns {
  readonly #running = new Set<string>();

  /** @throws {DomainError} `rate_limited` while an earlier command of the same person runs. */
  async run<T>(subject: string, work: () => Promise<T>): Promise<T> {
    if (this.#running.has(subject)) {
      throw new DomainError(
        'rate_limited',
        'A command of yours is still running. Try again when it has ended, within 10 s.',
      );
    }
    this.#running.add(subject);
    try {
      return await work();
    } finally {
      this.#running.delete(subject);
    }
  }
}
