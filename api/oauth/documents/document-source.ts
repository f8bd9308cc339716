import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { standInMs, type ClientDocument } from '../../../activities/store/client-documents.ts';
import { FetchRefused, SaysNothing, type GuardedFetch } from '../../http/guarded-fetch.ts';
import { failingSites } from './failing-sites.ts';
import { fetchSlots } from './fetch-slots.ts';
import { freshMs, readDocument } from './fetched-document.ts';

/** The documents of clients that somebody lets act for them, as the database has them. */
export interface KnownClients {
  isKnown(clientId: string): Promise<boolean>;
  find(clientId: string, now: Date): Promise<ClientDocument | undefined>;
  keep(document: ClientDocument): Promise<void>;
  drop(clientId: string, by: Date): Promise<void>;
}

/** Whether a client's document can be had: now, from an earlier time while its site fails, not now, or not at all. */
export type Availability =
  | { status: 'fresh' | 'stands_in' | 'refused' }
  /** `seconds` until it is tried again; none when only too much is going on. */
  | { status: 'unavailable'; seconds: number | undefined };

/** Where clients' documents come from. */
export interface DocumentSource {
  /**
   * Gets the document in place.
   *
   * @param mayFetch asked, and counts, only before a site is asked for a client that nobody lets act for them
   */
  prepare(clientId: string, mayFetch: () => Promise<void>): Promise<Availability>;
  /** The text of what was prepared. */
  read(clientId: string): string | undefined;
  /** The document was good. @returns whether it is its site's word of today, or stands in while the site fails */
  accept(clientId: string): Promise<'fresh' | 'stands_in' | 'unknown'>;
}

/** What is remembered of one client, in this process. */
type Held =
  /** Fetched, and not accepted so far. It is judged again, not fetched, as whoever refuses it does not say so here. */
  | { state: 'unjudged'; document: ClientDocument; until: number }
  | { state: 'good'; document: ClientDocument; kept: boolean }
  | { state: 'stands_in'; document: ClientDocument }
  | { state: 'refused'; until: number };

/** How long a refusal stands, so that naming a client over and over does not have its site asked over and over. */
const refusedMs = 10_000;

/**
 * At the same time; what strangers have fetched takes no place from clients that are known. A stranger's sixty a minute
 * hold two or three places when each takes its whole time, so there are more than that at one host.
 */
const places = { known: { together: 20, perHost: 4 }, strangers: { together: 50, perHost: 8 } };

/**
 * Denials first: what a site says of a document counts, and one that it has changed or taken away is forgotten before
 * anything else is looked at. Only a site that answers nothing, or with what says nothing of the document, is stood in for:
 * by the last good document of a client that somebody lets act for them, for at most {@link standInMs} after it would have
 * been asked again; the caller says what for.
 */
export function documentSource(deps: {
  known: KnownClients;
  fetch: GuardedFetch;
  now: () => Date;
  logger: Pick<Logger, 'warn'>;
}): DocumentSource {
  const { known: clients, now } = deps;
  const held = new LRUCache<string, Held>({ max: 1_000 });
  // By client, not by host: many share one, and a stranger who names one that fails must not speak for the others. Apart, so
  // that strangers cannot push out what is remembered of known clients.
  const failing = { known: failingSites(now), strangers: failingSites(now) };
  const slots = { known: fetchSlots(places.known), strangers: fetchSlots(places.strangers) };
  const underWay = new Map<string, Promise<Availability>>();

  /** What is known without asking anybody. */
  const atHand = (clientId: string): Availability | undefined => {
    const entry = held.get(clientId);
    if (entry?.state === 'good' && entry.document.fresh_until > now()) return { status: 'fresh' };
    if (entry?.state !== 'refused' && entry?.state !== 'unjudged') return undefined;
    if (entry.until <= now().getTime()) return undefined;
    return { status: entry.state === 'refused' ? 'refused' : 'fresh' };
  };

  const standIn = (kept: ClientDocument | undefined, seconds?: number): Availability => {
    if (kept === undefined || kept.fresh_until.getTime() + standInMs <= now().getTime()) {
      return { status: 'unavailable', seconds };
    }
    held.set(kept.client_id, { state: 'stands_in', document: kept });
    return { status: 'stands_in' };
  };

  const ask = async (clientId: string, isKnown: boolean, kept: ClientDocument | undefined): Promise<Availability> => {
    const { host } = new URL(clientId);
    const failures = isKnown ? failing.known : failing.strangers;
    const free = (isKnown ? slots.known : slots.strangers).take(host);
    if (free === undefined) return standIn(kept);
    const at = now();
    try {
      const response = await deps.fetch(clientId, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(2_500),
      });
      const text = await readDocument(response);
      failures.answered(clientId);
      if (kept !== undefined && kept.document !== text) await clients.drop(clientId, at);
      const freshUntil = new Date(at.getTime() + freshMs(response.headers, at));
      const document = { client_id: clientId, document: text, fetched_at: at, fresh_until: freshUntil };
      held.set(clientId, { state: 'unjudged', document, until: at.getTime() + refusedMs });
      return { status: 'fresh' };
    } catch (error) {
      // Not of strangers' clients, who could fill the log.
      if (isKnown) deps.logger.warn({ err: error, clientId }, 'the document of a connected client cannot be had');
      // Whoever has no connected client there learns that their document is not one, instead of trying again and again.
      const isRefusal = error instanceof FetchRefused && !(isKnown && error instanceof SaysNothing);
      if (!isRefusal) {
        failures.failed(clientId);
        return standIn(kept, failures.secondsLeft(clientId));
      }
      failures.answered(clientId);
      held.set(clientId, { state: 'refused', until: at.getTime() + refusedMs });
      if (kept !== undefined) await clients.drop(clientId, at);
      return { status: 'refused' };
    } finally {
      free();
    }
  };

  const prepareAnew = async (clientId: string, mayFetch: () => Promise<void>): Promise<Availability> => {
    const isKnown = await clients.isKnown(clientId);
    const kept = isKnown ? await clients.find(clientId, now()) : undefined;
    if (kept !== undefined && kept.fresh_until > now()) {
      held.set(clientId, { state: 'good', document: kept, kept: true });
      return { status: 'fresh' };
    }
    const seconds = (isKnown ? failing.known : failing.strangers).secondsLeft(clientId);
    if (seconds !== undefined) return standIn(kept, seconds);
    if (!isKnown) await mayFetch();
    return ask(clientId, isKnown, kept);
  };

  return {
    prepare: (clientId, mayFetch) => {
      const answer = atHand(clientId);
      if (answer !== undefined) return Promise.resolve(answer);
      const started = underWay.get(clientId);
      if (started !== undefined) return started;
      const preparing = prepareAnew(clientId, mayFetch).finally(() => underWay.delete(clientId));
      underWay.set(clientId, preparing);
      return preparing;
    },
    read: (clientId) => {
      const entry = held.get(clientId);
      return entry === undefined || entry.state === 'refused' ? undefined : entry.document.document;
    },
    accept: async (clientId) => {
      const entry = held.get(clientId);
      if (entry === undefined || entry.state === 'refused') return 'unknown';
      if (entry.state === 'stands_in') return 'stands_in';
      const good = { state: 'good', document: entry.document, kept: entry.state === 'good' && entry.kept } as const;
      held.set(clientId, good);
      // Before anybody lets it act for them there is nothing to stand in for.
      if (!good.kept && (await clients.isKnown(clientId))) {
        await clients.keep(good.document);
        held.set(clientId, { ...good, kept: true });
      }
      return 'fresh';
    },
  };
}
