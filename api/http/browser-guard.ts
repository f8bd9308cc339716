import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { DomainError } from '../../workflows/domain/errors.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a state-changing request may count on its cookie: an exact `Origin` or, without `Origin`,
 * `Sec-Fetch-Site: same-origin`. Neither header means no browser (RULES 6).
 *
 * Other ports of localhost are same-site and get each other's cookies, so same-site is not enough.
 */
export function comesFromOwnOrigin(headers: IncomingHttpHeaders, origin: string): boolean {
  if (headers.origin !== undefined) return headers.origin === origin;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin';
}

/**
 * Refuses state-changing requests of other sites with 403 `cross_site_request`.
 *
 * @param origin our own, such as `http://localhost:8002`.
 * @param when `with-cookie` (the default) looks only at requests that carry a cookie; `always` is for endpoints that
 * set one, where another site could sign a person in as somebody else.
 */
export function requireSameOrigin(origin: string, when: 'with-cookie' | 'always' = 'with-cookie'): RequestHandler {
  return (request, _response, next) => {
    const guarded = !safeMethods.has(request.method) && (when === 'always' || request.headers.cookie !== undefined);
    if (guarded && !comesFromOwnOrigin(request.headers, origin)) {
      throw new DomainError('cross_site_request', 'This request came from another site and was not carried out.');
    }
    next();
  };
}
