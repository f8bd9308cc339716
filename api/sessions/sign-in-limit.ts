import { createHash } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { DomainError } from '../../workflows/domain/errors.ts';
import { secondsToWait } from '../http/seconds-to-wait.ts';

/** Slows down guessing: few wrong passwords for one account, more from one address. */
export interface SignInLimit {
  /** Counts an attempt. @throws {DomainError} `rate_limited` */
  attempt(email: string, address: string): Promise<void>;
  /** The attempt was right: it does not count. */
  succeeded(email: string, address: string): Promise<void>;
}

const windowSeconds = 300;

/** Counts in memory: each process of several counts for itself. */
export function createSignInLimit(): SignInLimit {
  const perAccount = new RateLimiterMemory({ points: 10, duration: windowSeconds });
  const perAddress = new RateLimiterMemory({ points: 100, duration: windowSeconds });
  return {
    attempt: async (email, address) => {
      await take(perAddress, address);
      await take(perAccount, accountKey(email, address));
    },
    succeeded: async (email, address) => {
      await perAccount.delete(accountKey(email, address));
      await perAddress.reward(address);
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  const seconds = await secondsToWait(limiter, key);
  if (seconds === undefined) return;
  throw new DomainError('rate_limited', 'Too many attempts to sign in. Wait a few minutes and try again.', {
    details: { retry_after: seconds },
  });
}

/** With the address, so that nobody can lock another person out from afar. No e-mail address is kept. */
function accountKey(email: string, address: string): string {
  return createHash('sha256').update(`${address} ${email.toLowerCase()}`).digest('base64url');
}
