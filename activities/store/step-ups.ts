import { sql, type Selectable } from 'kysely';
import { appendAudit, type AuditEntry } from './audit.ts';
import type { Db, DbOrTrx } from './connect.ts';
import type { StepUpsTable } from './schema.ts';

/** An authorization request of a client that waits for people. */
export type StepUp = Selectable<StepUpsTable>;

/** How the ids of those begin that wait without a browser. No waiting page has such an id. */
export const backgroundStepUp = 'background_';

/** How long it can still be read what became of one. */
const keptMs = 30 * 24 * 60 * 60 * 1_000;

/** Stores one, audited. The second of two at the same time changes nothing. */
export async function insertStepUp(
  db: Db,
  begun: Pick<StepUp, 'uid' | 'subject' | 'client_id' | 'redirect_uri' | 'scopes' | 'begun_at' | 'expires_at'> & {
    request_ids: readonly string[];
  },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const inserted = await trx
      .insertInto('step_ups')
      .values({ ...begun, request_ids: [...begun.request_ids] })
      .onConflict((conflict) => conflict.column('uid').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (inserted !== undefined) await appendAudit(trx, entryOf('step_up.begun', inserted));
  });
}

/** Which of a person's authorization requests it is, is in the browser's address alone. */
function entryOf(type: 'step_up.begun' | 'step_up.withdrawn' | 'step_up.finished', stepUp: StepUp): AuditEntry {
  const { subject, client_id: clientId, scopes, request_ids: requests } = stepUp;
  return { type, actor: subject, subject, clientId, scopes, data: { request_ids: requests } };
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

/** By request: the newest one that waits for it on a page, from which its client can still be answered. */
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
    .where(sql<boolean>`not starts_with(uid, ${backgroundStepUp})`)
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

/** That the person took it back, or that its client has been answered; audited once. */
export async function endStepUp(db: Db, uid: string, end: 'withdrawn' | 'finished', at: Date): Promise<void> {
  const column = end === 'withdrawn' ? 'withdrawn_at' : 'finished_at';
  await db.transaction().execute(async (trx) => {
    const ended = await trx
      .updateTable('step_ups')
      .set({ [column]: at })
      .where('uid', '=', uid)
      .where(column, 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (ended !== undefined) await appendAudit(trx, entryOf(`step_up.${end}`, ended));
  });
}

/** Removes those that nobody looks for any more. */
export async function deleteOldStepUps(db: DbOrTrx, now: Date): Promise<void> {
  await db
    .deleteFrom('step_ups')
    .where('expires_at', '<', new Date(now.getTime() - keptMs))
    .execute();
}
