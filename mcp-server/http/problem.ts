import type { DomainErrorCode } from '../../workflows/domain/errors.ts';

/** The refusals of this server that are neither OAuth's nor MCP's. */
type HttpRefusal = Extract<
  DomainErrorCode,
  'invalid_request' | 'temporarily_unavailable' | 'wrong_host' | 'not_found' | 'method_not_allowed' | 'internal_error'
>;

const kinds: Readonly<Record<HttpRefusal, { status: number; title: string }>> = {
  invalid_request: { status: 400, title: 'Bad request' },
  temporarily_unavailable: { status: 503, title: 'Temporarily unavailable' },
  wrong_host: { status: 421, title: 'Wrong host' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  internal_error: { status: 500, title: 'Internal error' },
};

/** {@link problemOf} as an answer of the Fetch standard. */
export function problemResponse(code: HttpRefusal, detail: string): Response {
  const { status, headers, body } = problemOf(code, detail);
  return Response.json(body, { status, headers });
}

/** 503, with which clients keep their tokens: nobody can be asked what they are good for. */
export function uncheckable(): Response {
  return problemResponse(
    'temporarily_unavailable',
    'The server cannot check authorizations right now. Try again in a few seconds.',
  );
}

/** An RFC 9457 problem document with its status and headers. */
export function problemOf(
  code: HttpRefusal,
  detail: string,
): { status: number; headers: Record<string, string>; body: Record<string, unknown> } {
  const { status, title } = kinds[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...(status === 503 ? { 'retry-after': '5' } : {}) },
    body: { type: 'about:blank', title, status, code, detail },
  };
}
