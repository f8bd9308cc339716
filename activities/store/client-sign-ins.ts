import { createHash } from 'node:crypto';
import { CompiledQuery, sql } from 'kysely';
import { isFirstParty, ownClientIds } from '../../workflows/domain/clients.ts';
import { holdAccountSession } from './account-sessions.ts';
import { appendAudit } from './audit.ts';
import { holdConsent } from './client-consents.ts';
import type { Db, DbOrTrx } from './connect.ts';

/** Somebody's sign-in at a client, which tokens belong to: they end with it. */
export interface ClientSignIn {
  /** The OAuth provider's grant. */
  grantId: string;
  subject: string;
  clientId: string;
}

/** The `sid` of a sign-in's tokens: the digest under which the provider's payloads have their grant. */
export function signInIdOf(grantId: string): string {
  return createHash('sha256').update(grantId).digest('base64url');
}

/**
 * Records a sign-in. Whoever ends the browser's sign-in that it comes of, or the consent, comes before or after, never
 * between: both rows are locked, so that what ends them finds this one, too.
 *
 * @param signIn.accountSessionId the browser's sign-in that it comes of, if it comes of one.
 * @returns false where that has ended or is somebody else's, or the person does not let the client act for them: then
 * nothing may be issued.
 */
export async function beginClientSignIn(
  db: Db,
  signIn: ClientSignIn & { accountSessionId: string | undefined },
  at: Date,
): Promise<boolean> {
  const { subject, clientId, accountSessionId } = signIn;
  return db.transaction().execute(async (trx) => {
    if (accountSessionId !== undefined && !(await holdAccountSession(trx, accountSessionId, subject, at))) return false;
    if (!isFirstParty(clientId) && !(await holdConsent(trx, { subject, clientId }))) return false;
    await trx
      .insertInto('client_sign_ins')
      .values({
        sign_in_id: signInIdOf(signIn.grantId),
        subject,
        client_id: clientId,
        account_session_id: accountSessionId ?? null,
        created_at: at,
        used_at: null,
        ended_at: null,
      })
      .execute();
    // Signing in to our own apps is recorded as that.
    if (!isFirstParty(clientId))
      await appendAudit(trx, { type: 'client.signed_in', actor: subject, subject, clientId });
    return true;
  });
}

/**
 * Notes that a token is issued for a sign-in.
 *
 * @returns its id, or undefined where it has ended. One that began before sign-ins were recorded is recorded now.
 */
export async function useClientSignIn(db: DbOrTrx, signIn: ClientSignIn, at: Date): Promise<string | undefined> {
  const row = await db
    .insertInto('client_sign_ins')
    .values({
      sign_in_id: signInIdOf(signIn.grantId),
      subject: signIn.subject,
      client_id: signIn.clientId,
      account_session_id: null,
      created_at: at,
      used_at: at,
      ended_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .column('sign_in_id')
        .doUpdateSet({ used_at: at })
        .where('client_sign_ins.ended_at', 'is', null)
        .where('client_sign_ins.subject', '=', signIn.subject)
        .where('client_sign_ins.client_id', '=', signIn.clientId),
    )
    .returning('sign_in_id')
    .executeTakeFirst();
  return row?.sign_in_id;
}

/** Which sign-ins end: one, all of a person, all of a person at one client, or those that came of one browser sign-in. */
export type EndedSignIns =
  | { grantId: string }
  /** One, as its tokens name it. */
  | { signInId: string; subject: string; clientId: string }
  | { subject: string; clientId?: string }
  /** Those at other people's clients: our own apps have sign-ins of their own. */
  | { accountSessionId: string };

/** Why sign-ins end, where nothing else in the audit table says so. */
export type SignInEnd = 'revoked_by_client' | 'replayed' | 'ended_by_provider' | 'somebody_else_signed_in';

/**
 * Ends sign-ins at clients with their codes and refresh tokens; their access tokens count no longer. Call it in a
 * transaction.
 *
 * @param reason audited for each that ends by it.
 */
export async function endClientSignIns(trx: DbOrTrx, which: EndedSignIns, at: Date, reason?: SignInEnd): Promise<void> {
  let update = trx.updateTable('client_sign_ins').set({ ended_at: at }).where('ended_at', 'is', null);
  if ('grantId' in which) {
    update = update.where('sign_in_id', '=', signInIdOf(which.grantId));
  } else if ('subject' in which) {
    update = update.where('subject', '=', which.subject);
    if ('signInId' in which) update = update.where('sign_in_id', '=', which.signInId);
    if (which.clientId !== undefined) update = update.where('client_id', '=', which.clientId);
  } else {
    update = update
      .where('account_session_id', '=', which.accountSessionId)
      .where('client_id', 'not in', [...ownClientIds]);
  }
  const ended = await update.returning(['sign_in_id', 'subject', 'client_id']).execute();
  const ids = ended.map(({ sign_in_id }) => sign_in_id);
  if (ids.length === 0) return;
  if (reason !== undefined) {
    const entries = ended.map(({ subject, client_id: clientId }) => ({ subject, clientId, data: { reason } }));
    const actor = reason === 'revoked_by_client' ? 'client' : 'system';
    await appendAudit(trx, ...entries.map((entry) => ({ type: 'client.sign_in_ended', actor, ...entry }) as const));
  }
  await trx
    .deleteFrom('oidc_payloads')
    .where((eb) => eb.or([eb('grant_id', 'in', ids), eb.and([eb('model', '=', 'Grant'), eb('id', 'in', ids)])]))
    .execute();
}

/** Whether this sign-in of theirs at this client goes on and, where the client is other people's, they let it act for them. */
export async function isSignInAlive(
  db: DbOrTrx,
  { signIn, subject, clientId }: { signIn: string; subject: string; clientId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('client_sign_ins')
    .select('sign_in_id')
    .where('sign_in_id', '=', signIn)
    .where('subject', '=', subject)
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .$if(!isFirstParty(clientId), (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('client_consents')
            .select('client_consents.client_id')
            .where('client_consents.subject', '=', subject)
            .where('client_consents.client_id', '=', clientId),
        ),
      ),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** Longer than a refresh token lives: nothing that is still good can belong to a sign-in of before. */
const keptDays = 180;

/** Longer than any code lives, of a device too: what no token has come of by then, none can come of. */
const unusedHours = 1;

/** Removes sign-ins that nothing can come of any more, with the provider's grants of those. Call it now and then. */
export async function deleteOldClientSignIns(db: DbOrTrx): Promise<void> {
  await sql`with gone as (
      delete from client_sign_ins
      where coalesce(used_at, created_at) < now() - make_interval(days => ${keptDays})
        or (used_at is null and created_at < now() - make_interval(hours => ${unusedHours}))
      returning sign_in_id)
    delete from oidc_payloads where model = 'Grant' and id in (select sign_in_id from gone)`.execute(db);
}

/** What a token says about where it comes from. */
export interface TokenOrigin {
  subject: string;
  clientId: string;
  issuedAt: Date;
  /** Its `sid`; only our own pages' tokens have none. */
  signIn?: string | undefined;
}

/**
 * SQL for whether a token has ended before its time: signed out since, its sign-in ended, its client taken back. One of
 * other people's client that names no sign-in has, as there is nothing that it could end with. `$n` are
 * the parameters of {@link originParameters} from `first` on.
 */
export function tokenEndedSql(first: number): string {
  const [subject, clientId, issuedBefore, signIn, needsConsent] = [0, 1, 2, 3, 4].map((index) => `$${first + index}`);
  return `(
    exists (select from sign_outs where sign_outs.subject = ${subject} and sign_outs.at > ${issuedBefore}::timestamptz)
    or ((${signIn}::text is not null or ${needsConsent}::boolean) and not exists (select from client_sign_ins where sign_in_id = ${signIn}
      and client_sign_ins.subject = ${subject} and client_sign_ins.client_id = ${clientId} and ended_at is null))
    or (${needsConsent}::boolean and not exists (select from client_consents
      where client_consents.subject = ${subject} and client_consents.client_id = ${clientId})))`;
}

/** The parameters of {@link tokenEndedSql}. */
export function originParameters(of: TokenOrigin): unknown[] {
  return [of.subject, of.clientId, endOfSecond(of.issuedAt), of.signIn ?? null, !isFirstParty(of.clientId)];
}

/** `iat` has whole seconds: a token of the very second of a sign-out may come from the sign-in after it. */
function endOfSecond(issuedAt: Date): Date {
  return new Date(issuedAt.getTime() + 999);
}

/** Whether a token has ended before its time, for whoever asks about that alone. */
export async function hasTokenEnded(db: DbOrTrx, of: TokenOrigin): Promise<boolean> {
  const { rows } = await db.executeQuery<{ ended: boolean }>(
    CompiledQuery.raw(`select ${tokenEndedSql(1)} as ended`, originParameters(of)),
  );
  return rows[0]?.ended !== false;
}
