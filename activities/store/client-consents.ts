import { sql } from 'kysely';
import { appendAudit } from './audit.ts';
import type { Db, DbOrTrx } from './connect.ts';
import { announce } from './events.ts';

/** Who lets which client act for them. */
export interface ClientConsent {
  subject: string;
  clientId: string;
}

/** What they agreed to. */
export interface ConsentTerms {
  /** It may stay connected when they are not there (`offline_access`). */
  offline: boolean;
  /** What it called itself. */
  name: string | null;
}

/** What the person agreed to with this client, and when; undefined where they have not. */
export async function findConsent(
  db: DbOrTrx,
  { subject, clientId }: ClientConsent,
): Promise<{ offline: boolean; consentedAt: Date } | undefined> {
  const row = await db
    .selectFrom('client_consents')
    .select(['offline', 'consented_at'])
    .where('subject', '=', subject)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row === undefined ? undefined : { offline: row.offline, consentedAt: row.consented_at };
}

/** Whether anybody lets this client act for them. */
export async function hasConsent(db: DbOrTrx, clientId: string): Promise<boolean> {
  const row = await db
    .selectFrom('client_consents')
    .select('client_id')
    .where('client_id', '=', clientId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether they agree; if so, that stays until the transaction is over. */
export async function holdConsent(trx: DbOrTrx, { subject, clientId }: ClientConsent): Promise<boolean> {
  const row = await trx
    .selectFrom('client_consents')
    .select('client_id')
    .where('subject', '=', subject)
    .where('client_id', '=', clientId)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Remembers that they agree, audited. Agreeing again to less takes nothing back: disconnecting does. */
export async function recordConsent(
  db: Db,
  { subject, clientId }: ClientConsent,
  at: Date,
  { offline, name }: ConsentTerms = { offline: false, name: null },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('client_consents')
      .values({ subject, client_id: clientId, consented_at: at, offline, client_name: name })
      .onConflict((conflict) =>
        conflict.columns(['subject', 'client_id']).doUpdateSet({
          offline: sql<boolean>`client_consents.offline or excluded.offline`,
          client_name: name,
          consented_at: at,
        }),
      )
      .execute();
    await appendAudit(trx, { type: 'client.consented', actor: subject, subject, clientId, data: { offline } });
    await announce(trx, { kind: 'client', id: clientId, subject });
  });
}

/** Audits that they do not; nothing else is kept, so that they can be asked again. */
export async function recordConsentRefused(db: Db, { subject, clientId }: ClientConsent): Promise<void> {
  await appendAudit(db, { type: 'client.consent_refused', actor: subject, subject, clientId });
}
