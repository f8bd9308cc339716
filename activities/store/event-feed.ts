import { sql } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Db } from './connect.ts';
import { listenForEvents } from './event-listener.ts';
import type { EventKind } from './schema.ts';

/** A row of the events table: that something changed, and for whom it matters. */
export interface StoredEvent {
  /** Ascending, but transactions may commit out of order. */
  position: string;
  kind: EventKind;
  id: string;
  subject: string;
  scopes: readonly string[];
}

/** Everything that is announced from now on, once each, from every process. */
export interface EventFeed {
  subscribe(listener: (event: StoredEvent) => void): () => void;
  /** Resolves once events can no longer be missed. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const pollMs = 1_000;
/** How far back each poll and replay looks: longer than any transaction here takes from its insert to its commit. */
export const commitOverlapSeconds = 15;
const forgetAfterMs = 4 * commitOverlapSeconds * 1_000;

/**
 * Follows the events table: NOTIFY makes it fast and may be lost, the poll each second is the truth.
 *
 * @param options.pool gives one connection to LISTEN on for as long as the feed lives.
 */
export function createEventFeed(options: { pool: pg.Pool; db: Db; logger: Logger }): EventFeed {
  const { db, logger } = options;
  const listeners = new Set<(event: StoredEvent) => void>();
  const seen = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let failing = false;

  const deliver = (event: StoredEvent): void => {
    if (closed || seen.has(event.position)) return;
    seen.set(event.position, Date.now());
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (err) {
        logger.error({ err }, 'a listener of the event feed failed');
      }
    }
  };
  const poll = async (): Promise<void> => {
    try {
      for (const event of await recentEvents(db)) deliver(event);
      failing = false;
    } catch (err) {
      if (!failing && !closed) logger.warn({ err }, 'the event feed cannot read the database; it goes on trying');
      failing = true;
    }
    const forgotten = Date.now() - forgetAfterMs;
    for (const [position, at] of seen) if (at < forgotten) seen.delete(position);
  };
  const pollAgain = (): void => {
    if (closed) return;
    timer = setTimeout(() => void poll().then(pollAgain), pollMs);
  };

  // What is there already is old news. Read before LISTEN: an event in between is found by the first poll.
  const begun = recentEvents(db).then((events) => {
    for (const event of events) seen.set(event.position, Date.now());
  });
  const listener = begun.then(() =>
    closed ? undefined : listenForEvents({ pool: options.pool, logger, onEvent: deliver, onGap: () => void poll() }),
  );
  const started = listener.then(pollAgain);
  started.catch(() => undefined);

  return {
    subscribe: (subscriber) => {
      // A closure of its own, so that subscribing one function twice is two subscriptions.
      const entry = (event: StoredEvent): void => subscriber(event);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    ready: () => started,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      listeners.clear();
      (await listener.catch(() => undefined))?.close();
    },
  };
}

async function recentEvents(db: Db): Promise<StoredEvent[]> {
  return db
    .selectFrom('events')
    .select(['position', 'kind', 'id', 'subject', 'scopes'])
    .where('at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${commitOverlapSeconds})`)
    .orderBy('position')
    .execute();
}
