/** The HTTP header that carries a request's id from one server of ours to the next. */
export const requestIdHeader = 'x-request-id';

/** An id from outside, if it is one: it is written to logs, so nothing else passes. */
export function readRequestId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{8,64}$/.test(value) ? value : undefined;
}
