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
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  app.set('trust proxy', (address: string, hop: number) => trusts(withoutPort(address), hop));
}

/** Some proxies write the port behind an address, of which everybody has as many as they like. */
function withoutPort(address: string): string {
  return /^(\d+(?:\.\d+){3}):\d+$/.exec(address)?.[1] ?? /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
}

/** The address that a request comes from, for limits and for people to see; the only one that is to be used. */
export function clientAddress(request: IncomingMessage | undefined): string | undefined {
  // Express has it on its requests, in Koa's hands too.
  const address = (request as Partial<Request> | undefined)?.ip;
  return address === undefined ? undefined : withoutPort(address);
}

/** Whom limits by address count together. @param bits of an IPv6 address, as {@link networkOf} takes them */
export function clientNetwork(request: IncomingMessage | undefined, bits?: 48 | 64): string {
  return networkOf(clientAddress(request), bits);
}

/**
 * Whom an address stands for: itself, and of IPv6 its first bits, behind which everybody has as many as they like.
 *
 * @param bits 64 is one network, 48 what one customer may have at most, and several may share
 */
export function networkOf(address: string | undefined, bits: 48 | 64 = 64): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const plain = ipaddr.process(address);
  return plain.kind() === 'ipv6'
    ? `${plain
        .toByteArray()
        .slice(0, bits / 8)
        .join('.')}/${bits}`
    : plain.toString();
}
