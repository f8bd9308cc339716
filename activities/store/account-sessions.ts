import { createHash, randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { AccountSessionsTable } from './schema.ts';

/** A signing in at the auth server. Its id is the digest of the cookie's secret. */
export type AccountSession = Selectable<AccountSessionsTable>;

/** A new secret for the cookie, and the id under which it is stored. */
export function newSessionSecret(): { secret: string; sessionId: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, sessionId: sessionIdOf(secret) };
}

/** The id of the session that a cookie's secret opens. */
export function sessionIdOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Stores a signing in. */
export async function insertAccountSession(
  db: DbOrTrx,
  session: { sessionId: string; subject: string; authenticatedAt: Date; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('account_sessions')
    .values({
      session_id: session.sessionId,
      subject: session.subject,
      authenticated_at: session.authenticatedAt,
      expires_at: session.expiresAt,
      ended_at: null,
    })
    .execute();
}

/** The living session of that id. */
export async function findAccountSession(
  db: DbOrTrx,
  sessionId: string,
  now: Date,
): Promise<AccountSession | undefined> {
  return db
    .selectFrom('account_sessions')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** Whether the session is that person's and alive; if so, it stays so until the transaction is over. */
export async function holdAccountSession(
  trx: DbOrTrx,
  sessionId: string,
  subject: string,
  now: Date,
): Promise<boolean> {
  const row = await trx
    .selectFrom('account_sessions')
    .select('session_id')
    .where('session_id', '=', sessionId)
    .where('subject', '=', subject)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends one session, as when somebody signs in anew in the same browser. */
export async function endAccountSession(db: DbOrTrx, sessionId: string, now: Date): Promise<void> {
  await db
    .updateTable('account_sessions')
    .set({ ended_at: now })
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Ends all of a person's sessions. */
export async function endAccountSessions(db: DbOrTrx, subject: string, now: Date): Promise<void> {
  await db
    .updateTable('account_sessions')
    .set({ ended_at: now })
    .where('subject', '=', subject)
    .where('ended_at', 'is', null)
    .execute();
}
