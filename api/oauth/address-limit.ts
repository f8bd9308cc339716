import type { RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { clientNetwork } from '../http/client-address.ts';
import { plainPage } from '../http/plain-page.ts';
import { secondsToWait } from '../http/seconds-to-wait.ts';

/** What nobody has to sign in for, and leaves something behind. */
export type Unasked = 'registrations' | 'devices' | 'sign-ins';

/** From one address; a person who sets up clients or devices needs a handful. A sign-in is a page in a browser. */
const perAddress: Record<Unasked, { points: number; duration: number }> = {
  registrations: { points: 100, duration: 600 },
  devices: { points: 100, duration: 600 },
  'sign-ins': { points: 300, duration: 60 },
};

/** Slows down floods of what nobody has to sign in for, with 429 and an OAuth error. Counts in memory, each process for itself. */
export function addressLimit(what: Unasked, limit = perAddress[what]): RequestHandler {
  const limiter = new RateLimiterMemory(limit);
  return async (request, response, next) => {
    const seconds = await secondsToWait(limiter, clientNetwork(request));
    if (seconds === undefined) {
      next();
      return;
    }
    const why = `too many ${what}: try again in ${seconds} s`;
    response.status(429).setHeader('Retry-After', seconds);
    if (what === 'sign-ins') response.type('html').send(plainPage({ title: 'Too many sign-ins', paragraphs: [why] }));
    else response.json({ error: 'temporarily_unavailable', error_description: why });
  };
}
