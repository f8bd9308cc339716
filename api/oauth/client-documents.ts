import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { hasConsent } from '../../activities/store/client-consents.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import { secondsToWait } from '../http/seconds-to-wait.ts';
import { networkOf } from './address-limit.ts';

/** Bytes; the draft recommends no more (Client ID Metadata Documents, section 6.6). */
export const clientDocumentBytes = 5 * 1024;

/** Characters. */
const maxIdLength = 1024;

/** How many documents one address may have fetched, and all of them together, in a minute. */
const perAddress = { points: 60, duration: 60 };
const together = { points: 300, duration: 60 };
/** A client that somebody lets act for them is looked up this often, however many others are: strangers cannot starve it. */
const ofConsented = { points: 10, duration: 60 };

/**
 * Clients that are known by the address of a document about them (Client ID Metadata Documents). Anybody can have one
 * fetched without signing in, so how often is bounded; how it is fetched, `guardedFetch` says.
 */
export function clientDocuments(db: DbOrTrx) {
  const limits = [new RateLimiterMemory(perAddress), new RateLimiterMemory(together)] as const;
  const own = new RateLimiterMemory(ofConsented);
  return {
    enabled: true,
    ack: 'draft-02',
    // The document's own `max-age` counts within these; seconds. A site that is down costs nobody their sign-in at once.
    cacheDuration: { min: 10 * 60, max: 24 * 60 * 60 },
    // Without a context it is a page of ours that asks.
    allowFetch: async (ctx: KoaContextWithOIDC | undefined, id: string): Promise<boolean> => {
      // One client, one id: another spelling of it would be another client, which admins do not expect.
      if (id.length > maxIdLength || URL.parse(id)?.href !== id) return false;
      if ((await hasConsent(db, id)) && (await secondsToWait(own, id)) === undefined) return true;
      const [each, all] = limits;
      const wait =
        (await secondsToWait(each, networkOf(ctx?.req.socket.remoteAddress))) ?? (await secondsToWait(all, 'all'));
      if (wait !== undefined) {
        throw new errors.TemporarilyUnavailable(`too many clients are looked up: try again in ${wait} s`);
      }
      return true;
    },
  } as const;
}

/** The host that vouches for a client: of one that is known by an address there. Registered clients have none. */
export function clientHost(clientId: string): string | undefined {
  const url = URL.parse(clientId);
  return url?.protocol === 'https:' ? url.host : undefined;
}
