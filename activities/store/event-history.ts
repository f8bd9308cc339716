import { sql } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import { commitOverlapSeconds, type StoredEvent } from './event-feed.ts';

/** What came after a position: the events, or `too_far` where they are too many or no longer there. */
export type Replay = { kind: 'events'; events: StoredEvent[] } | { kind: 'too_far' };

/** For how long a reader may have been away before it has to fetch everything anew. */
const keptDays = 7;

/** The position of the newest event there is, `0` without any: where a reader who begins now stands. */
export async function latestPosition(db: DbOrTrx): Promise<string> {
  const row = await db.selectFrom('events').select('position').orderBy('position', 'desc').limit(1).executeTakeFirst();
  return row?.position ?? '0';
}

/**
 * The events since the one at `after`, in order. Transactions commit out of order, so a reader may have been told a
 * later position before an earlier one was there: it is told again what was made shortly before its position, rather
 * than never.
 *
 * @param options.subject only of this person, and what everybody is told.
 * @param options.limit how many at most; more are `too_far`.
 */
export async function eventsSince(
  db: DbOrTrx,
  after: string,
  options: { subject?: string; limit: number },
): Promise<Replay> {
  const known = await db.selectFrom('events').select('at').where('position', '=', after).executeTakeFirst();
  if (known === undefined) return { kind: 'too_far' };
  let query = db
    .selectFrom('events')
    .select(['position', 'kind', 'id', 'subject', 'scopes'])
    .where('position', '!=', after)
    .where(
      sql<boolean>`(position > ${after} or at > ${known.at}::timestamptz - make_interval(secs => ${commitOverlapSeconds}))`,
    );
  const { subject } = options;
  if (subject !== undefined) {
    query = query.where((eb) => eb.or([eb('subject', '=', subject), eb('kind', '=', 'freeze')]));
  }
  const events = await query
    .orderBy('position')
    .limit(options.limit + 1)
    .execute();
  return events.length > options.limit ? { kind: 'too_far' } : { kind: 'events', events };
}

/** Removes events that nobody can ask for any more. */
export async function deleteOldEvents(db: DbOrTrx): Promise<void> {
  await db
    .deleteFrom('events')
    .where('at', '<', sql<Date>`now() - make_interval(days => ${keptDays})`)
    .execute();
}
