import type { Response } from 'express';
import type { EventFeed, StoredEvent } from '../../activities/store/event-feed.ts';
import type { LiveEvent } from '../contract/events.ts';
import type { StreamStart } from './replay.ts';
import type { StreamLimit } from './stream-limit.ts';

/** What one viewer's stream is made of. */
export interface StreamOptions {
  feed: EventFeed;
  limit: StreamLimit;
  /** Whose stream it is. */
  subject: string;
  /** Whether this viewer may know of this event (RULES 9); asked for each event, so that roles and policy are live. */
  mayReceive: (event: StoredEvent) => Promise<boolean>;
  /** Whether the session and the account are still good: asked at each heartbeat, and when this person signs out. */
  isStillAllowed: () => Promise<boolean>;
  /** Whether a change other than this person's signing out is a reason to ask that at once. */
  mayBeEndedBy?: (event: StoredEvent) => boolean;
  /** What this viewer is told first; asked once, after the feed is followed, so that nothing falls in between. */
  start: () => Promise<StreamStart>;
  heartbeatMs?: number;
  /** Changes that may wait for `mayReceive` at once. */
  maxWaiting?: number;
}

/** A reader this far behind is cut off; it opens the stream again and is told what it missed. */
const maxBufferedBytes = 256 * 1024;

/** So many changes may wait for the filter's word on them; with more, the reader is cut off in the same way. */
const maxWaiting = 1_000;

/**
 * Answers with server-sent events: `hello` first, then what was missed since `Last-Event-ID`, then `{position, kind,
 * id}` for each change, until the viewer leaves or is no longer allowed.
 *
 * @throws {DomainError} `rate_limited` when this person has too many streams open.
 */
export function streamEvents(response: Response, options: StreamOptions): void {
  const leave = options.limit.enter(options.subject);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Proxies such as nginx would hold events back.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();

  let ended = false;
  // One after the other: the answers of the filter must not overtake each other.
  let queue: Promise<void> = Promise.resolve();
  const end = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    unsubscribe();
    leave();
    response.end();
  };
  let waiting = 0;
  const enqueue = (step: () => Promise<void>): void => {
    if (waiting >= (options.maxWaiting ?? maxWaiting)) end();
    if (ended) return;
    waiting += 1;
    // A failed check ends the stream: the client opens it again and resynchronises.
    queue = queue
      .then(() => (ended ? undefined : step()))
      .catch(end)
      .finally(() => (waiting -= 1));
  };
  const endUnlessAllowed = async (): Promise<void> => {
    if (!(await options.isStillAllowed())) end();
  };
  const send = (text: string): void => {
    if (ended) return;
    response.write(text);
    if (response.writableLength > maxBufferedBytes) end();
  };
  // Told at the start; the feed may bring them once more.
  const replayed = new Set<string>();
  const unsubscribe = options.feed.subscribe((event) => {
    enqueue(async () => {
      if (replayed.delete(event.position)) return;
      const signedOut = event.kind === 'sign_out' && event.subject === options.subject;
      if (signedOut || options.mayBeEndedBy?.(event) === true) await endUnlessAllowed();
      if (!ended && (await options.mayReceive(event))) send(formatEvent(event));
    });
  });
  enqueue(async () => {
    const start = await options.start();
    // After a replay the reader's position moves with each event told, so that a break in the middle loses none.
    send(greeting('hello', start.kind === 'new' ? start.position : undefined));
    if (start.kind === 'resync') send(greeting('resync', start.position));
    if (start.kind !== 'resumed') return;
    for (const event of start.missed) {
      replayed.add(event.position);
      send(formatEvent(event));
    }
  });
  const heartbeat = setInterval(() => {
    enqueue(async () => {
      await endUnlessAllowed();
      send(': still here\n\n');
    });
  }, options.heartbeatMs ?? 15_000);
  response.once('close', end);
}

function greeting(event: 'hello' | 'resync', position: string | undefined): string {
  const id = position === undefined ? '' : `id: ${position}\n`;
  return `retry: 2000\nevent: ${event}\n${id}data: ${JSON.stringify({ now: new Date().toISOString() })}\n\n`;
}

function formatEvent({ position, kind, id }: StoredEvent): string {
  const event: LiveEvent = { position, kind, id };
  return `id: ${position}\nevent: ${kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
