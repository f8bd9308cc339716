import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { dpopAlgorithms, presentedToken } from '../activities/tokens/dpop-proof.ts';
import { plainPage } from './http/plain-page.ts';
import { DomainError, type DomainErrorCode } from '../workflows/domain/errors.ts';
import type { Problem } from './contract/problem.ts';

const statuses: Record<DomainErrorCode, number> = {
  already_decided: 409,
  client_blocked: 403,
  client_not_allowed: 403,
  confirmation_required: 409,
  cross_site_request: 403,
  demo_mode_off: 404,
  duration_too_long: 400,
  first_party_client: 409,
  forbidden_by_policy: 403,
  grants_frozen: 409,
  headers_too_large: 431,
  fresh_sign_in_required: 403,
  identity_mismatch: 403,
  insufficient_scope: 403,
  internal_error: 500,
  invalid_credentials: 401,
  invalid_request: 400,
  justification_required: 400,
  last_admin: 409,
  method_not_allowed: 405,
  not_admin: 403,
  not_alike: 400,
  not_approver: 403,
  not_auditor: 403,
  not_found: 404,
  not_holder: 403,
  not_signed_in: 401,
  own_account: 403,
  own_request: 403,
  payload_too_large: 413,
  rate_limited: 429,
  request_expired: 409,
  request_timeout: 408,
  self_approval: 403,
  statement_invalid: 400,
  temporarily_unavailable: 503,
  turn_in_progress: 409,
  unknown_role: 400,
  unknown_scope: 400,
  unsupported_media_type: 415,
  wrong_host: 421,
};

/** The HTTP status that goes with a code. */
export function problemStatus(code: DomainErrorCode): number {
  return statuses[code];
}

/** Seconds after which a client may try again. */
const retryAfterSeconds: Partial<Record<DomainErrorCode, number>> = { temporarily_unavailable: 2, rate_limited: 30 };

/** The problem document (RFC 9457) of an expected refusal. Its `details` never replace the standard members. */
export function toProblem(error: DomainError): Problem {
  const status = statuses[error.code];
  return {
    ...error.details,
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.message,
  };
}

/** Answers with the problem document of an error. */
export function sendProblem(response: Response, error: DomainError): void {
  const problem = toProblem(error);
  const { retry_after: given, allow } = error.details;
  const retryAfter = typeof given === 'number' ? given : retryAfterSeconds[error.code];
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  if (Array.isArray(allow)) response.setHeader('Allow', allow.join(', '));
  // RFC 9110 section 15.5.2: a 401 names a way to authenticate.
  if (problem.status === 401) response.setHeader('WWW-Authenticate', challengeFor(response.req.headers.authorization));
  response.setHeader('Cache-Control', 'no-store');
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** In the scheme that was used; one that binds its tokens to a key is told the algorithms (RFC 9449 section 7.1). */
function challengeFor(authorization: string | undefined): string {
  return presentedToken(authorization)?.scheme === 'DPoP' ? `DPoP algs="${dpopAlgorithms.join(' ')}"` : 'Bearer';
}

/** The same for a person who followed a link. */
function sendProblemPage(response: Response, error: DomainError): void {
  const { status, title, detail } = toProblem(error);
  response.setHeader('Cache-Control', 'no-store');
  const links = [{ href: '/', text: 'To the start page' }];
  response
    .status(status)
    .type('html')
    .send(plainPage({ title, paragraphs: [detail], links }));
}

/** The last middleware of an app: turns whatever was thrown into a problem document, without internals. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = asDomainError(error);
    if (known.code === 'internal_error') {
      logger.error(
        { err: error, method: request.method, path: request.path, requestId: response.locals['requestId'] },
        'request failed',
      );
    }
    if (known.code === 'temporarily_unavailable') {
      logger.warn({ err: known.cause ?? known, path: request.path }, 'request could not be served');
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    // A person who followed a link is shown a page, not JSON.
    if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html') sendProblemPage(response, known);
    else sendProblem(response, known);
  };
}

/** Reads any thrown value as a {@link DomainError}; what is not expected becomes `internal_error`. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof z.ZodError) return invalidRequest(error);
  if (isDatabaseDown(error)) {
    return new DomainError(
      'temporarily_unavailable',
      'The database cannot be reached right now. Try again in a moment.',
      { cause: error },
    );
  }
  return (
    expressError(error) ??
    new DomainError('internal_error', 'Something went wrong here. It was recorded; try again shortly.')
  );
}

const databaseErrorSchema = z.object({
  code: z.string().optional(),
  syscall: z.string().optional(),
  message: z.string(),
});

/** No connection to PostgreSQL, or one that broke: its error classes 08 and 57P, or pg's own words where it has no code. */
function isDatabaseDown(error: unknown): boolean {
  const { data } = databaseErrorSchema.safeParse(error);
  if (data === undefined) return false;
  if (data.syscall === 'connect' || /^(08|57P)/.test(data.code ?? '')) return true;
  return /^(Connection terminated|timeout exceeded when trying to connect)/.test(data.message);
}

/** Enough to mend a request by; ten thousand wrong entries are not listed one by one. */
const mostIssues = 8;

/** Names the fields that are wrong and why, never what was sent. */
function invalidRequest(error: z.ZodError): DomainError {
  const byField = new Map<string, { field: string; message: string }>();
  for (const { path, message } of error.issues) {
    const field = path.join('.');
    // The first is the cause: a text that should be a list is too long as a list, too.
    if (byField.size < mostIssues && !byField.has(field)) byField.set(field, { field, message });
  }
  const fields = [...byField.values()];
  const detail = fields.map(sentence).join('; ');
  return new DomainError('invalid_request', detail, { details: { fields } });
}

function sentence({ field, message }: { field: string; message: string }): string {
  if (field !== '') return `${field}: ${message}`;
  // The contract's own words are sentences; those of `wordIssue` need something to speak of.
  return /^[a-z]/.test(message) ? `The request ${message}` : message;
}

/** `expose` tells errors of `http-errors` from others with a status, such as those of HTTP clients. */
const httpErrorSchema = z.object({ status: z.int().min(400).max(499), expose: z.boolean() });

/** Express' router, body parsers and static files throw errors of `http-errors`. */
function expressError(error: unknown): DomainError | undefined {
  if (!(error instanceof Error)) return undefined;
  // What the router throws for a path that cannot be percent-decoded.
  if (error instanceof URIError) return new DomainError('invalid_request', 'The address cannot be read.');
  const parsed = httpErrorSchema.safeParse(error);
  if (!parsed.success) return undefined;
  switch (parsed.data.status) {
    case 404:
      return new DomainError('not_found', 'There is nothing at this address.');
    case 413:
      return new DomainError('payload_too_large', 'The request body is too large.');
    case 415:
      return new DomainError('unsupported_media_type', 'This encoding of the request body is not understood.');
    default:
      return new DomainError('invalid_request', 'The request body cannot be read.');
  }
}
