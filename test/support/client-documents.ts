import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { GuardedFetchOptions } from '../../api/http/guarded-fetch.ts';
import { testCertificate, testCertificateKey } from './test-certificate.ts';

/** A site that describes clients, at `https://client.test:<port>` on this machine. */
export interface ClientSite {
  origin: string;
  /** What an auth server needs to fetch from it: its names, its authority, and that it may be here. */
  options: GuardedFetchOptions;
  /** The paths that were asked for. */
  asked: string[];
  /** Answers at a path: a document, or what the listener does. @returns the address */
  put(path: string, answer: object | RequestListener): string;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startClientSite(): Promise<ClientSite> {
  const answers = new Map<string, object | RequestListener>();
  const asked: string[] = [];
  const server = createServer({ key: testCertificateKey, cert: testCertificate }, (request, response) => {
    asked.push(request.url ?? '');
    const answer = answers.get(request.url ?? '');
    if (typeof answer === 'function') (answer as RequestListener)(request, response);
    else if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `client.test:${(server.address() as AddressInfo).port}`;
  const origin = `https://${host}`;
  return {
    origin,
    asked,
    options: { allowedHosts: [host], resolve: () => Promise.resolve(['127.0.0.1']), ca: testCertificate },
    put: (path, answer) => {
      answers.set(path, answer);
      return `${origin}${path}`;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The document of a client that listens on this computer. */
export function documentOf(clientId: string, metadata: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    client_id: clientId,
    client_name: 'A documented client',
    redirect_uris: ['http://127.0.0.1:9123/callback'],
    token_endpoint_auth_method: 'none',
    ...metadata,
  };
}
