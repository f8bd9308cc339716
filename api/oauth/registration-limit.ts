import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** From one address; a person who sets up clients needs a handful. */
const registrations = { points: 100, duration: 600 };

/** Slows down floods of registrations with 429 and an OAuth error. Counts in memory, each process for itself. */
export function registrationLimit(): RequestHandler {
  const limiter = new RateLimiterMemory(registrations);
  return async (request, response, next) => {
    try {
      await limiter.consume(request.socket.remoteAddress ?? 'unknown');
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      response
        .status(429)
        .setHeader('Retry-After', Math.ceil(refusal.msBeforeNext / 1_000))
        .json({ error: 'temporarily_unavailable', error_description: 'too many registrations: try again later' });
      return;
    }
    next();
  };
}
