import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { inRequest } from '../../activities/telemetry/request-context.ts';
import { readRequestId, requestIdHeader } from '../../workflows/domain/request-id.ts';

/**
 * Gives each request an id, or keeps the one that it brings, and logs it when it ends: the path without its query,
 * which may hold codes. What is done for the request, in workflows and at other servers too, carries the id.
 */
export function requestLog({ logger }: { logger: Logger }): RequestHandler {
  return (request, response, next) => {
    const requestId = readRequestId(request.headers[requestIdHeader]) ?? randomUUID();
    const startedAt = performance.now();
    const { method, path } = request;
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      const entry = { requestId, method, path, status: response.statusCode, ms };
      // Reads are many, and change nothing.
      if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') logger.debug(entry, 'request');
      else logger.info(entry, 'request');
    });
    inRequest({ requestId }, next);
  };
}
