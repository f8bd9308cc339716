import { sql, type RawBuilder } from 'kysely';
import type { DbOrTrx } from '../store/connect.ts';
import type { RepairKind } from '../store/schema.ts';

/**
 * Claims a repair: of any number of sweepers one gets it, and nobody again until `notSince` has passed.
 *
 * @param notSince the repair must not have been claimed at or after this moment.
 */
export async function claimRepair(
  db: DbOrTrx,
  repair: { kind: RepairKind; id: string },
  now: Date,
  notSince: Date,
): Promise<boolean> {
  const claimed = await db
    .insertInto('repairs')
    .values({ ...repair, at: now })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'id']).doUpdateSet({ at: now }).where('repairs.at', '<', notSince),
    )
    .returning('id')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** The condition that a row's repair may be claimed, so that a batch is not filled with rows that may not. */
export function unclaimed(kind: RepairKind, id: string, notSince: Date): RawBuilder<boolean> {
  return sql<boolean>`not exists (
    select from repairs where repairs.kind = ${kind} and repairs.id = ${sql.ref(id)} and repairs.at >= ${notSince})`;
}

/** Forgets claims that no longer hold anything back. */
export async function forgetRepairs(db: DbOrTrx, before: Date): Promise<void> {
  await db.deleteFrom('repairs').where('at', '<', before).execute();
}
