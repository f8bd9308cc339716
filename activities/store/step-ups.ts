import { sql, type Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { StepUpsTable } from './schema.ts';

/** An authorization request of a client that waits for people. */
export type StepUp = Selectable<StepUpsTable>;

/** How long it can still be read what became of one. */
const keptMs = 30 * 24 * 60 * 60 * 1_000;

/** Stores one. The second of two at the same time changes nothing. */
export async function insertStepUp(
  db: DbOrTrx,
  begun: Pick<StepUp, 'uid' | 'subject' | 'client_id' | 'redirect_uri' | 'scopes' | 'begun_at' | 'expires_at'> & {
    request_ids: readonly string[];
  },
): Promise<void> {
  await db
    .insertInto('step_ups')
    .values({ ...begun, request_ids: [...begun.request_ids] })
    .onConflict((conflict) => conflict.column('uid').doNothing())
    .execute();
}

/** The person's own of that id. */
export async function findStepUp(db: DbOrTrx, of: { uid: string; subject: string }): Promise<StepUp | undefined> {
  return db
    .selectFrom('step_ups')
    .selectAll()
    .where('uid', '=', of.uid)
    .where('subject', '=', of.subject)
    .executeTakeFirst();
}

/** By request: the newest one that waits for it and whose client can still be answered. */
export async function openStepUps(
  db: DbOrTrx,
  of: { subject: string; requestIds: readonly string[] },
  now: Date,
): Promise<Map<string, string>> {
  if (of.requestIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('step_ups')
    .select(['uid', 'request_ids'])
    .where('subject', '=', of.subject)
    .where('finished_at', 'is', null)
    .where('expires_at', '>', now)
    .where(sql<boolean>`request_ids && ${of.requestIds}::text[]`)
    .orderBy('begun_at')
    .execute();
  return new Map(rows.flatMap(({ uid, request_ids: ids }) => ids.map((id): [string, string] => [id, uid])));
}

/** What has been asked for it. */
export async function setStepUpRequests(db: DbOrTrx, uid: string, requestIds: readonly string[]): Promise<void> {
  await db
    .updateTable('step_ups')
    .set({ request_ids: [...requestIds] })
    .where('uid', '=', uid)
    .execute();
}

/** That the person took it back, or that its client has been answered. */
export async function endStepUp(db: DbOrTrx, uid: string, end: 'withdrawn' | 'finished', at: Date): Promise<void> {
  const column = end === 'withdrawn' ? 'withdrawn_at' : 'finished_at';
  await db
    .updateTable('step_ups')
    .set({ [column]: at })
    .where('uid', '=', uid)
    .where(column, 'is', null)
    .execute();
}

/** Removes those that nobody looks for any more. */
export async function deleteOldStepUps(db: DbOrTrx, now: Date): Promise<void> {
  await db
    .deleteFrom('step_ups')
    .where('expires_at', '<', new Date(now.getTime() - keptMs))
    .execute();
}
