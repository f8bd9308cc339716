import { RateLimiterRes, type RateLimiterMemory } from 'rate-limiter-flexible';

/** Counts one more of a key. @returns the seconds to wait when it is one too many, else undefined */
export async function secondsToWait(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return Math.ceil(refusal.msBeforeNext / 1_000);
  }
}
