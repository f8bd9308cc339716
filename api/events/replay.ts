import type { Request } from 'express';
import type { Db } from '../../activities/store/connect.ts';
import { eventsSince, latestPosition } from '../../activities/store/event-history.ts';
import type { StoredEvent } from '../../activities/store/event-feed.ts';

/** How a stream begins. */
export type StreamStart =
  /** From now on, at this position. */
  | { kind: 'new'; position: string }
  /** After what this reader has missed. */
  | { kind: 'resumed'; missed: StoredEvent[] }
  /** Too much was missed to be told: the reader fetches everything anew, from this position on. */
  | { kind: 'resync'; position: string };

const mostReplayed = 1_000;

/**
 * What a reader is told first, from the position in its `Last-Event-ID`. Never told again is signing out: who opens a
 * stream is signed in.
 *
 * @param options.subject only this person's events are looked at.
 * @param options.only the filter of this viewer (RULES 9).
 */
export async function streamStart(
  db: Db,
  lastEventId: string | undefined,
  options: { subject?: string; only?: (events: readonly StoredEvent[]) => Promise<StoredEvent[]> },
): Promise<StreamStart> {
  if (lastEventId === undefined) return { kind: 'new', position: await latestPosition(db) };
  const replay = await eventsSince(db, lastEventId, {
    limit: mostReplayed,
    ...(options.subject === undefined ? {} : { subject: options.subject }),
  });
  if (replay.kind === 'too_far') return { kind: 'resync', position: await latestPosition(db) };
  const missed = replay.events.filter(({ kind }) => kind !== 'sign_out');
  return { kind: 'resumed', missed: options.only === undefined ? missed : await options.only(missed) };
}

/** The position in `Last-Event-ID`; what is no position of ours counts as one that is no longer there. */
export function lastEventIdOf(request: Request): string | undefined {
  const given = request.get('last-event-id');
  if (given === undefined || given === '') return undefined;
  return /^\d{1,18}$/.test(given) ? given : '0';
}
