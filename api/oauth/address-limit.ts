import type { RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { secondsToWait } from '../http/seconds-to-wait.ts';

/** From one address; a person who sets up clients or devices needs a handful. */
const perAddress = { points: 100, duration: 600 };

/** Slows down floods of what nobody has to sign in for, with 429 and an OAuth error. Counts in memory, each process for itself. */
export function addressLimit(what: 'registrations' | 'devices'): RequestHandler {
  const limiter = new RateLimiterMemory(perAddress);
  return async (request, response, next) => {
    const seconds = await secondsToWait(limiter, request.socket.remoteAddress ?? 'unknown');
    if (seconds !== undefined) {
      response
        .status(429)
        .setHeader('Retry-After', seconds)
        .json({
          error: 'temporarily_unavailable',
          error_description: `too many ${what}: try again in ${seconds} s`,
        });
      return;
    }
    next();
  };
}
