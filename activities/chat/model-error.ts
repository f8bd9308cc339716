import { APICallError, RetryError } from 'ai';
import type { ModelFailure } from './model-failure.ts';

/** What is known about a failed request. It holds no address, header or body: those may carry the key or the talk. */
export interface ModelFault {
  failure: ModelFailure;
  /** HTTP status, where there was one. */
  status: number | undefined;
  /** Name of the error. */
  error: string;
}

/** Tells apart why the endpoint could not be asked. @param timedOut our own deadline had passed */
export function modelFault(thrown: unknown, timedOut: boolean): ModelFault {
  const error = RetryError.isInstance(thrown) ? thrown.lastError : thrown;
  const name = error instanceof Error ? error.name : typeof error;
  if (timedOut) return { failure: 'timeout', status: undefined, error: name };
  if (!APICallError.isInstance(error)) return { failure: 'unusable_answer', status: undefined, error: name };
  const status = error.statusCode;
  return { failure: ofStatus(status), status, error: name };
}

function ofStatus(status: number | undefined): ModelFailure {
  if (status === undefined || status === 408 || status >= 500) return 'unreachable';
  if (status === 401 || status === 403) return 'key_refused';
  if (status === 404) return 'not_found';
  if (status === 429) return 'busy';
  // A 2xx that could not be parsed comes as an error of the call too.
  return status < 400 ? 'unusable_answer' : 'request_refused';
}
