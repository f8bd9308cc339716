import { appendAudit } from '../../activities/store/audit.ts';
import type { Db } from '../../activities/store/connect.ts';
import { endSignIns } from '../../activities/store/end-everything.ts';
import type { OidcPayloads } from '../../activities/store/oidc-payloads.ts';

/**
 * Ends a person's sign-ins, here, at the chat (RULES 8) and at every client that acts for them. Grants and consents stay:
 * what was granted waits for the next sign-in. The event ends open streams.
 */
export async function signOutEverywhere(
  deps: { db: Db; payloads: OidcPayloads; now: () => Date },
  who: { subject: string; clientId: string },
): Promise<void> {
  const now = deps.now();
  await deps.db.transaction().execute(async (trx) => {
    await endSignIns(trx, deps.payloads, who.subject, now);
    await appendAudit(trx, {
      type: 'session.signed_out',
      actor: who.subject,
      subject: who.subject,
      clientId: who.clientId,
    });
  });
}
