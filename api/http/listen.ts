import type { RequestListener, Server } from 'node:http';
import { createHttpServer } from './http-server.ts';

/** An HTTP server that is opened late and closed with its streams. */
export interface HttpListener {
  open(): Promise<void>;
  close(): Promise<void>;
  /** The port that is listened on, which differs from the asked one when that was 0. */
  port(): number;
}

const drainMs = 2_000;

/** Listens on the loopback interface; other machines reach it through a proxy of the operator's. */
export function httpListener(listener: RequestListener, port: number): HttpListener {
  const server = createHttpServer(listener);
  return {
    open: () => listen(server, port),
    close: () => close(server),
    port: () => {
      const address = server.address();
      return address !== null && typeof address === 'object' ? address.port : port;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Requests in progress may finish; what never ends by itself is cut.
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, drainMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
