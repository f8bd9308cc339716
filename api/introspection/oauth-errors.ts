import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { DomainError } from '../../workflows/domain/errors.ts';

/** Somebody asks too often. */
export class TooMany extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super('too many requests');
    this.seconds = seconds;
  }
}

/** OAuth errors (RFC 6749 section 5.2, RFC 7662 section 2.3) instead of problem documents. */
export function oauthErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const answer = (status: number, code: string, description: string): void => {
      response.status(status).set('cache-control', 'no-store').json({ error: code, error_description: description });
    };
    if (error instanceof TooMany) {
      response.set('retry-after', String(error.seconds));
      answer(429, 'temporarily_unavailable', `too many requests: try again in ${error.seconds} s`);
    } else if (error instanceof DomainError && error.code === 'invalid_credentials') {
      response.set('www-authenticate', 'Basic realm="introspection", charset="UTF-8"');
      answer(401, 'invalid_client', error.message);
    } else if (error instanceof DomainError && error.code === 'invalid_request') {
      answer(400, 'invalid_request', error.message);
    } else if (isBodyError(error)) {
      answer(error.status, 'invalid_request', 'the body is too large or cannot be read');
    } else {
      logger.error({ err: error }, 'a token could not be introspected');
      response.set('retry-after', '5');
      answer(503, 'temporarily_unavailable', 'tokens cannot be looked up right now: try again in a few seconds');
    }
  };
}

/** What Express' body parser throws. */
function isBodyError(error: unknown): error is { status: number } {
  if (typeof error !== 'object' || error === null || !('status' in error)) return false;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500;
}
