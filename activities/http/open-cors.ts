import type { RequestHandler } from 'express';

/** What pages of any origin may do. */
export interface OpenCors {
  methods: readonly string[];
  /** Of the answer, beside those that every page may read. */
  exposedHeaders: readonly string[];
}

/**
 * Cross-origin access (the Fetch standard's CORS protocol) for any origin, never with credentials, so only for what reads
 * no cookie (RULES 6). Answers preflights itself.
 */
export function openCors({ methods, exposedHeaders }: OpenCors): RequestHandler {
  return (request, response, next) => {
    response.set({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': exposedHeaders.join(', '),
    });
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Methods': [...methods, 'OPTIONS'].join(', '),
      // The wildcard does not cover Authorization (Fetch standard), so that one is named.
      'Access-Control-Allow-Headers': 'Authorization, *',
      'Access-Control-Max-Age': '600',
    });
    response.status(204).end();
  };
}
