import { DomainError } from '../../workflows/domain/errors.ts';

/** Counts the open event streams of each person, or of whatever else is one viewer. */
export interface StreamLimit {
  /** @returns what to call when the stream ends. @throws {DomainError} `rate_limited` */
  enter(subject: string): () => void;
}

/**
 * @param max streams of one person at the same time.
 * @param refusal what whoever wants one more is told.
 */
export function createStreamLimit(
  max = 20,
  refusal = 'Too many live views are open. Close a tab and reload.',
): StreamLimit {
  const open = new Map<string, number>();
  return {
    enter: (subject) => {
      const count = open.get(subject) ?? 0;
      if (count >= max) throw new DomainError('rate_limited', refusal);
      open.set(subject, count + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const remaining = (open.get(subject) ?? 1) - 1;
        if (remaining === 0) open.delete(subject);
        else open.set(subject, remaining);
      };
    },
  };
}
