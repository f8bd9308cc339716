import { DomainError } from '../../workflows/domain/errors.ts';

/** Lets a few at a time do what goes through the whole log. */
export interface Turns {
  /** @returns what gives the turn back. @throws {DomainError} `rate_limited` when all turns are taken */
  take(): () => void;
}

/** Turns for this process. */
export function createTurns(most: number): Turns {
  let taken = 0;
  return {
    take() {
      if (taken >= most) {
        throw new DomainError('rate_limited', 'The whole log is being read already. Try again when that is done.');
      }
      taken += 1;
      let given = false;
      return () => {
        if (!given) taken -= 1;
        given = true;
      };
    },
  };
}
