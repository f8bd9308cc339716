import { lookup as dnsLookup, Resolver } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import ipaddr from 'ipaddr.js';

/** What {@link guardedFetch} may reach. */
export interface GuardedFetchOptions {
  /** Hosts, with port where it is not 443, that may be at any address: an operator's own. */
  allowedHosts: readonly string[];
  /** The addresses of a name; DNS, and the system's resolver for allowed hosts, unless a test has its own. */
  resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Certificate authorities, in PEM, instead of the system's. */
  ca?: string;
}

/** The address is not to be reached from here, or what it answered is not to be read. */
export class FetchRefused extends Error {
  override readonly name = 'FetchRefused';
}

/** What came is no JSON, and does not say that there is none: a firewall's page, a challenge, a site that is being moved. */
export class SaysNothing extends FetchRefused {}

/** Nothing was learned: the name has no address, or the server says that it cannot answer now. */
export class SiteFailed extends Error {
  override readonly name = 'SiteFailed';
}

/** As `fetch`, as far as it goes. */
export type GuardedFetch = (url: string | URL, init?: Pick<RequestInit, 'headers' | 'signal'>) => Promise<Response>;

/**
 * A `fetch` of JSON from addresses that strangers name, which must not become a way into the operator's network (RFC 9700
 * section 4.15): https alone, port 443, a name and not an address, every address of it public, no redirects. The name is
 * resolved once and that very address connected to, so that a name that changes its mind (DNS rebinding) gains nothing.
 *
 * @returns a function that rejects with {@link FetchRefused}, {@link SaysNothing} among them; when the site fails, with
 * {@link SiteFailed} or as the connection does.
 */
export function guardedFetch(options: GuardedFetchOptions): GuardedFetch {
  return async (address, init = {}) => {
    const url = new URL(address);
    const signal = init.signal ?? AbortSignal.timeout(defaultTimeoutMs);
    const addresses = await checkedAddresses(url, options);
    signal.throwIfAborted();
    const answer = await get(url, addresses, { headers: new Headers(init.headers), signal, ca: options.ca });
    const failure = whyNotRead(answer);
    if (failure !== undefined) {
      answer.destroy();
      throw failure;
    }
    const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    // What comes late counts against the same signal.
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status: 200, headers });
  };
}

const defaultTimeoutMs = 2_500;

async function checkedAddresses(
  url: URL,
  { allowedHosts, resolve }: Pick<GuardedFetchOptions, 'allowedHosts' | 'resolve'>,
): Promise<readonly string[]> {
  if (url.protocol !== 'https:') throw new FetchRefused('only https is fetched');
  if (url.username !== '' || url.password !== '') throw new FetchRefused('the address names a user');
  const allowed = allowedHosts.includes(url.host);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowed && url.port !== '') throw new FetchRefused('only port 443 is fetched from');
  if (!allowed && isIP(hostname) !== 0) throw new FetchRefused('only names are fetched from, no addresses');
  const lookUp = resolve ?? (allowed ? resolveBySystem : resolveByDns);
  const addresses = isIP(hostname) === 0 ? await lookUp(hostname) : [hostname];
  if (addresses.length === 0) throw new SiteFailed('the name has no address');
  if (!allowed && !addresses.every(isPublic)) throw new FetchRefused('the name has an address that is not public');
  return addresses;
}

/** Neither this machine nor its network nor anything else that is not an ordinary address of the internet. */
function isPublic(address: string): boolean {
  // `process` takes IPv4 out of IPv6 that only wraps it.
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  return (await dnsLookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
}

/**
 * Not the system's resolver for names of strangers: it takes one of a few threads that files and passwords need, too, for
 * as long as their name server likes.
 */
async function resolveByDns(hostname: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: defaultTimeoutMs, tries: 1 });
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

function get(
  url: URL,
  addresses: readonly string[],
  options: { headers: Headers; signal: AbortSignal; ca: string | undefined },
): Promise<IncomingMessage> {
  const resolved = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, { all }, callback) => {
    const [first] = resolved;
    if (all === true) callback(null, resolved);
    else callback(null, first?.address ?? '', first?.family);
  };
  return new Promise((answered, failed) => {
    httpsRequest(url, {
      method: 'GET',
      // A connection of its own: one that is kept open would be used again without looking at the name.
      agent: false,
      headers: Object.fromEntries(options.headers),
      signal: options.signal,
      lookup,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    })
      .once('response', answered)
      .once('error', failed)
      .end();
  });
}

/** Of a server that has too much to do or is broken, and says so. */
function isFailure(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

function whyNotRead({ statusCode = 0, headers }: IncomingMessage): Error | undefined {
  const answered = `it was answered ${statusCode}`;
  if (isFailure(statusCode)) return new SiteFailed(answered);
  if (statusCode === 404 || statusCode === 410) return new FetchRefused(answered);
  if (statusCode !== 200) return new SaysNothing(answered);
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json$/.test(type)) return new SaysNothing('it is not JSON');
  return headers['content-encoding'] === undefined ? undefined : new SaysNothing('it is compressed');
}
