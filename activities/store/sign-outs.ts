import type { DbOrTrx } from './connect.ts';

/** Remembers that a person has signed out: first-party tokens issued before no longer count. */
export async function recordSignOut(db: DbOrTrx, subject: string, at: Date): Promise<void> {
  await db
    .insertInto('sign_outs')
    .values({ subject, at })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ at }))
    .execute();
}

/** Whether the person has signed out since then. */
export async function hasSignedOutSince(db: DbOrTrx, subject: string, then: Date): Promise<boolean> {
  const row = await db.selectFrom('sign_outs').select('at').where('subject', '=', subject).executeTakeFirst();
  return row !== undefined && row.at > then;
}
