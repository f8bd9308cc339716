import type { Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { ChatSignInsTable } from './schema.ts';

/** One signing in at the chat app. The refresh token in it is sealed (`at-rest.ts`). */
export type ChatSignIn = Selectable<ChatSignInsTable>;

/** Stores a signing in. The id is the digest of the cookie's secret, never the secret. */
export async function insertChatSignIn(
  db: DbOrTrx,
  signIn: { signInId: string; subject: string; sealedRefreshToken: string; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('chat_sign_ins')
    .values({
      sign_in_id: signIn.signInId,
      subject: signIn.subject,
      refresh_token: signIn.sealedRefreshToken,
      expires_at: signIn.expiresAt,
    })
    .execute();
}

/** The living signing in of that id. */
export async function findChatSignIn(db: DbOrTrx, signInId: string, now: Date): Promise<ChatSignIn | undefined> {
  return db
    .selectFrom('chat_sign_ins')
    .selectAll()
    .where('sign_in_id', '=', signInId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** The person's newest living signing in: parked work goes on with it when the tab is closed. */
export async function newestChatSignIn(db: DbOrTrx, subject: string, now: Date): Promise<ChatSignIn | undefined> {
  return db
    .selectFrom('chat_sign_ins')
    .selectAll()
    .where('subject', '=', subject)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Ends one signing in, for example when the authorization server no longer takes its refresh token. */
export async function endChatSignIn(db: DbOrTrx, signInId: string, now: Date): Promise<void> {
  await db
    .updateTable('chat_sign_ins')
    .set({ ended_at: now })
    .where('sign_in_id', '=', signInId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Ends every signing in of a person at the chat app. */
export async function endChatSignIns(db: DbOrTrx, subject: string, now: Date): Promise<void> {
  await db
    .updateTable('chat_sign_ins')
    .set({ ended_at: now })
    .where('subject', '=', subject)
    .where('ended_at', 'is', null)
    .execute();
}
