import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { DomainError } from '../../workflows/domain/errors.ts';
import { sendProblem } from '../problems.ts';
import type { Part, PartChecks } from './part-checks.ts';

const answeredWithinMs = 2_000;
/** Whoever probes without end costs one question a second. */
const rememberedForMs = 1_000;

/**
 * Answers `GET /readyz`: 200 when every part answers, else 503 with the names of those that do not. Why they do not is
 * for the log alone.
 */
export function readinessHandler(
  checks: PartChecks,
  options: { logger: Logger; rememberMs?: number; withinMs?: number },
): RequestHandler {
  const { logger, rememberMs = rememberedForMs, withinMs = answeredWithinMs } = options;
  let known: { at: number; missing: Promise<Part[]> } | undefined;

  const look = async (): Promise<Part[]> => {
    const parts = Object.entries(checks) as [Part, () => Promise<void>][];
    const results = await Promise.all(
      parts.map(async ([part, check]) => {
        try {
          await within(withinMs, check());
          return [];
        } catch (err) {
          logger.info({ err, part }, 'not ready: a part does not answer');
          return [part];
        }
      }),
    );
    return results.flat();
  };

  return async (_request, response) => {
    if (known === undefined || performance.now() - known.at > rememberMs) {
      known = { at: performance.now(), missing: look() };
    }
    const missing = await known.missing;
    response.setHeader('Cache-Control', 'no-store');
    if (missing.length === 0) {
      response.json({ status: 'ready' });
      return;
    }
    sendProblem(
      response,
      new DomainError('temporarily_unavailable', `Not ready: ${missing.join(', ')}.`, { details: { missing } }),
    );
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer in time'));
    }, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
