import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { plainPage } from '../http/plain-page.ts';
import { requireSameOrigin } from '../http/browser-guard.ts';
import { signInAddress } from '../sessions/sign-in-address.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import { oauthRoutes } from './routes.ts';

/** Wrong codes of one person; there are 25 thousand million of them. */
const wrongCodes = { points: 10, duration: 10 * 60 };

/** Bounds guessing of the codes that devices show. */
export interface GuessLimit {
  /** Counts a code that there is not, for whoever is signed in. */
  countWrong(request: IncomingMessage): Promise<void>;
  /** Seconds that this person has to wait; undefined while they may go on. */
  secondsLeft(subject: string): Promise<number | undefined>;
}

/** Counts in memory, each process for itself. */
export function guessLimit(sessions: Pick<BrowserSessions, 'find'>): GuessLimit {
  const limiter = new RateLimiterMemory(wrongCodes);
  return {
    countWrong: async (request) => {
      const session = await sessions.find(request);
      if (session !== undefined) await limiter.penalty(session.person.subject);
    },
    secondsLeft: async (subject) => {
      const counted = await limiter.get(subject);
      const over = counted !== null && counted.consumedPoints >= wrongCodes.points;
      return over ? Math.ceil(counted.msBeforeNext / 1_000) : undefined;
    },
  };
}

/** Before the page for codes: who enters one is signed in, on our own page, and has not guessed too often. */
export function guardDevicePage(deps: {
  sessions: Pick<BrowserSessions, 'find'>;
  guesses: GuessLimit;
  origin: string;
}): RequestHandler[] {
  return [
    requireSameOrigin(deps.origin, 'always'),
    async (request, response, next) => {
      response.setHeader('Cache-Control', 'no-store');
      const session = await deps.sessions.find(request);
      if (session === undefined) {
        const path = request.method === 'GET' ? request.originalUrl : oauthRoutes.code_verification;
        response.redirect(303, signInAddress(path));
        return;
      }
      const seconds = await deps.guesses.secondsLeft(session.person.subject);
      if (seconds === undefined) {
        next();
        return;
      }
      response.status(429).setHeader('Retry-After', seconds);
      response.type('html').send(
        plainPage({
          title: 'Too many wrong codes',
          paragraphs: [`Try again in ${Math.ceil(seconds / 60)} minutes, with the code that the device shows then.`],
        }),
      );
    },
  ];
}
