import type { Problem } from '../../api/contract/problem.ts';

/** What went wrong with a request: a problem document's `code`, or one of ours where no document arrived. */
export type ApiErrorCode = Problem['code'] | 'offline' | 'unexpected_answer';

/** A refused or failed request to our own server; `message` is fit to be shown to the person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number;
  /** The whole problem document (RFC 9457), extension members included. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(code: ApiErrorCode, status: number, message: string, problem: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.problem = problem;
  }
}

/** Reads a refusal: a problem document where there is one, else a plain sentence for the status. */
export function toApiError(status: number, body: unknown): ApiError {
  if (isRecord(body) && typeof body['code'] === 'string') {
    const detail = typeof body['detail'] === 'string' ? body['detail'] : undefined;
    const title = typeof body['title'] === 'string' ? body['title'] : undefined;
    // The server's list of codes is ours too: the type comes from the contract.
    return new ApiError(body['code'] as Problem['code'], status, detail ?? title ?? plainWords(status), body);
  }
  return new ApiError(status === 401 ? 'not_signed_in' : 'unexpected_answer', status, plainWords(status));
}

function plainWords(status: number): string {
  if (status === 401) return 'You are not signed in.';
  if (status === 429) return 'Too many requests. Wait a moment and try again.';
  if (status >= 500) return 'The server could not answer. Nothing was changed as far as it told us; try again.';
  return `The server refused this (${status}).`;
}

/** Whether this error means that somebody must sign in (again). */
export function isNotSignedIn(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/**
 * When to ask again who is signed in, after this error or none. Where nobody is, it makes sense when somebody looks, not
 * every few seconds for ever. Pure.
 */
export function askAgainMs(error: unknown, usualMs: number): number | false {
  return isNotSignedIn(error) ? false : usualMs;
}

/** Whether there is no such thing, or none for this person. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Whether the server is silent or in trouble, so that trying again can help; a refusal stays a refusal. */
export function isOutage(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

/** Words for any thrown value. */
export function errorText(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something went wrong in this page. Reload it and try again.';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
