import type { IncomingMessage } from 'node:http';
import type { Express, Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * Whom a request comes from is said by its connection, unless that is one of these proxies: then by the last address in
 * `X-Forwarded-For` that is not one of them. What anybody else writes there counts for nothing.
 *
 * @param proxies addresses, networks such as `10.0.0.0/8`, and `loopback`, `linklocal`, `uniquelocal`
 */
export function trustProxies(app: Express, proxies: readonly string[]): void {
  app.set('trust proxy', [...proxies]);
}

/** The address that a request comes from, for limits and for people to see; the only one that is to be used. */
export function clientAddress(request: IncomingMessage | undefined): string | undefined {
  // Express has it on its requests, in Koa's hands too.
  return (request as Partial<Request> | undefined)?.ip;
}

/** Whom limits by address count together. */
export function clientNetwork(request: IncomingMessage | undefined): string {
  return networkOf(clientAddress(request));
}

/** Whom an address stands for: itself, and of IPv6 the 64 bits before it, of which everybody has as many as they like. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const plain = ipaddr.process(address);
  return plain.kind() === 'ipv6' ? `${plain.toByteArray().slice(0, 8).join('.')}/64` : plain.toString();
}
