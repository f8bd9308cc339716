import { randomUUID } from 'node:crypto';
import { context, metrics, SpanKind, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { inRequest } from '../../activities/telemetry/request-context.ts';
import { traceOf } from '../../activities/telemetry/tracing.ts';
import { readRequestId, requestIdHeader } from '../../workflows/domain/request-id.ts';

/** Whose request it was, in the metrics. */
export type ServerName = 'auth' | 'chat' | 'mcp';

/**
 * Gives each request an id, or keeps the one that it brings, and logs it when it ends: the path without its query,
 * which may hold codes. What is done for the request, in workflows and at other servers too, carries the id.
 * Nothing is measured or traced where
 * that is off.
 */
export function requestLog({ logger, server }: { logger: Logger; server: ServerName }): RequestHandler {
  const duration = metrics.getMeter('countersign').createHistogram('countersign_http_request_seconds', {
    description: 'HTTP requests by server, method and status, with how long they took.',
    advice: { explicitBucketBoundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
  });
  return (request, response, next) => {
    const requestId = readRequestId(request.headers[requestIdHeader]) ?? randomUUID();
    const startedAt = performance.now();
    const { method, path } = request;
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      const entry = { requestId, method, path, status: response.statusCode, ms };
      duration.record(ms / 1_000, { server, method, status: response.statusCode });
      // Reads are many, and change nothing.
      if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') logger.debug(entry, 'request');
      else logger.info(entry, 'request');
    });
    const parent = traceOf(request.headers);
    const span = trace
      .getTracer('countersign')
      .startSpan(`${method} ${server}`, { kind: SpanKind.SERVER, attributes: { 'url.path': path } }, parent);
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode).end();
    });
    context.with(trace.setSpan(parent, span), () => inRequest({ requestId }, next));
  };
}
