import { appendAudit } from './audit.ts';
import type { Db } from './connect.ts';

/** Who lets which client act for them. */
export interface ClientConsent {
  subject: string;
  clientId: string;
}

/** Whether the person lets this client act for them. */
export async function hasConsented(db: Db, { subject, clientId }: ClientConsent): Promise<boolean> {
  const row = await db
    .selectFrom('client_consents')
    .select('client_id')
    .where('subject', '=', subject)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Remembers that they do, audited; again is once. */
export async function recordConsent(db: Db, { subject, clientId }: ClientConsent, at: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('client_consents')
      .values({ subject, client_id: clientId, consented_at: at })
      .onConflict((conflict) => conflict.columns(['subject', 'client_id']).doNothing())
      .execute();
    await appendAudit(trx, { type: 'client.consented', actor: subject, subject, clientId });
  });
}

/** Audits that they do not; nothing else is kept, so that they can be asked again. */
export async function recordConsentRefused(db: Db, { subject, clientId }: ClientConsent): Promise<void> {
  await appendAudit(db, { type: 'client.consent_refused', actor: subject, subject, clientId });
}
