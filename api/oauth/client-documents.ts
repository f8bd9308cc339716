import { errors, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { hasConsent } from '../../activities/store/client-consents.ts';
import { clientNetwork } from '../http/client-address.ts';
import { secondsToWait } from '../http/seconds-to-wait.ts';
import { documentSource, type KnownClients } from './documents/document-source.ts';
import type { OAuthDeps } from './options.ts';

/** Characters. */
const maxIdLength = 1024;

/**
 * How many documents of clients that nobody lets act for them one address may have fetched in a minute, and the networks of
 * IPv6 that one customer may have. Not how many all together: a few addresses would use that up for everybody. What is
 * fetched at the same time is bounded in `documentSource`.
 */
const perAddress = { points: 60, duration: 60 };
const perCustomer = { points: 120, duration: 60 };

/**
 * Where a kept document stands in for a site that fails: for what a connected client does by itself. Whoever is to be
 * sent back to an address of that document, or to agree to something, waits for the site.
 */
const standInRoutes: readonly string[] = ['token', 'revocation'];

/**
 * Clients that are known by the address of a document about them (Client ID Metadata Documents). Anybody can have one
 * fetched without signing in, so how often is bounded; how it is fetched, `guardedFetch` says; what is kept,
 * `documentSource`. The provider keeps none itself.
 */
export function clientDocuments(deps: Pick<OAuthDeps, 'db' | 'documents' | 'clientFetch' | 'now' | 'logger'>) {
  const source = documentSource({ ...deps, known: knownClients(deps), fetch: deps.clientFetch });
  const [addresses, customers] = [new RateLimiterMemory(perAddress), new RateLimiterMemory(perCustomer)];
  const count = async (ctx: KoaContextWithOIDC | undefined): Promise<void> => {
    // A page of ours asks about a client that was counted on its way there. All pages count as nobody, and so as one.
    if (ctx === undefined) return;
    const wait =
      (await secondsToWait(addresses, clientNetwork(ctx.req))) ??
      (await secondsToWait(customers, clientNetwork(ctx.req, 48)));
    if (wait !== undefined) throw notNow('too many clients are looked up', wait);
  };
  const feature = {
    enabled: true,
    ack: 'draft-02',
    cacheDuration: { min: 0, max: 0 },
    allowFetch: async (ctx: KoaContextWithOIDC | undefined, id: string): Promise<boolean> => {
      // One client, one id: another spelling of it would be another client, which admins do not expect.
      // Nor any number of ids for one page, by queries, which they should not have (section 3).
      if (id.length > maxIdLength || id.includes('?') || URL.parse(id)?.href !== id) return false;
      const available = await source.prepare(id, () => count(ctx));
      if (available.status === 'refused') throw new errors.InvalidClient('client_id metadata document fetch failed');
      if (available.status === 'unavailable')
        throw notNow('the document of this client cannot be had', available.seconds);
      return true;
    },
    allowClient: async (ctx: KoaContextWithOIDC | undefined, client: Client): Promise<boolean> => {
      const accepted = await source.accept(client.clientId);
      if (accepted === 'stands_in' && ctx !== undefined && !standInRoutes.includes(ctx.oidc.route)) {
        throw notNow('the site of this client cannot be reached');
      }
      return accepted !== 'unknown';
    },
  } as const;
  /** Gives the provider what is at hand; nothing that only a document names is ever fetched. */
  const fetch = (url: string | URL | Request): Promise<Response> => {
    const text = source.read(url instanceof Request ? url.url : String(url));
    return text === undefined ? Promise.reject(new TypeError('not fetched')) : Promise.resolve(new Response(text));
  };
  return { feature, fetch };
}

function notNow(why: string, seconds?: number): Error {
  return new errors.TemporarilyUnavailable(`${why}: try again ${seconds === undefined ? 'soon' : `in ${seconds} s`}`);
}

function knownClients({ db, documents }: Pick<OAuthDeps, 'db' | 'documents'>): KnownClients {
  return {
    isKnown: (id) => hasConsent(db, id),
    find: (id, now) => documents.find(id, now),
    keep: (document) => documents.keep(document),
    drop: (id, by) => documents.drop(id, by),
  };
}

/** The host that vouches for a client: of one that is known by an address there. Registered clients have none. */
export function clientHost(clientId: string): string | undefined {
  const url = URL.parse(clientId);
  return url?.protocol === 'https:' ? url.host : undefined;
}
