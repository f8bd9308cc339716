import type { DbOrTrx } from './connect.ts';

/** Remembers that a person has signed out: tokens issued before no longer count. */
export async function recordSignOut(db: DbOrTrx, subject: string, at: Date): Promise<void> {
  await db
    .insertInto('sign_outs')
    .values({ subject, at })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ at }))
    .execute();
}
