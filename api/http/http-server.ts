import { createServer, STATUS_CODES, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DomainErrorCode } from '../../workflows/domain/errors.ts';

/** How long and how large a request may be before anything looks at it. */
export interface HttpLimits {
  /** From the first byte to the end of the headers. */
  headersTimeoutMs: number;
  /** From the first byte to the last of the body. What we answer, such as an event stream, may take as long as it likes. */
  requestTimeoutMs: number;
  /** Longer than the minute for which proxies keep a connection, so that they are not the ones surprised. */
  keepAliveTimeoutMs: number;
  /** Of the request line and all headers together. */
  maxHeaderBytes: number;
}

const standardLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  maxHeaderBytes: 16 * 1024,
};

/**
 * A Node server that lets nobody hold a connection by sending slowly, and that says as a problem document what Node's
 * parser refuses before any application sees it.
 */
export function createHttpServer(listener: RequestListener, limits: HttpLimits = standardLimits): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.maxHeaderBytes,
      // How often the first two are looked at; Node's own half a minute would make them half a minute longer.
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    },
    listener,
  );
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => answering.set(socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const begun = answering.get(socket);
    // Bytes of ours in the middle of another answer would be read as a part of it.
    const inAnswer = begun !== undefined && begun.headersSent && !begun.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || inAnswer) socket.destroy(error);
    else socket.end(refusal(error.code));
  });
  return server;
}

interface Refused {
  status: number;
  code: Extract<DomainErrorCode, 'headers_too_large' | 'invalid_request' | 'request_timeout'>;
  detail: string;
}

function refused(code: string | undefined): Refused {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'headers_too_large',
        detail: 'The address and the headers are too large together. Remove cookies of this site, or shorten them.',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'request_timeout', detail: 'The request took too long to arrive. Send it again.' };
    default:
      return { status: 400, code: 'invalid_request', detail: 'This is not HTTP as it is understood here.' };
  }
}

function refusal(errorCode: string | undefined): string {
  const { status, code, detail } = refused(errorCode);
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail });
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
