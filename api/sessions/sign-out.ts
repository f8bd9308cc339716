import { endAccountSessions } from '../../activities/store/account-sessions.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { endChatSignIns } from '../../activities/store/chat-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { announce } from '../../activities/store/events.ts';
import type { OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { recordSignOut } from '../../activities/store/sign-outs.ts';
import { chatClientId, dashboardClientId } from '../../workflows/domain/clients.ts';

/**
 * Ends a person's first-party sessions and refresh tokens, here and at the chat (RULES 8). Grants stay: what was
 * granted waits for the next sign-in. The event ends open streams.
 */
export async function signOutEverywhere(
  deps: { db: Db; payloads: OidcPayloads; now: () => Date },
  who: { subject: string; clientId: string },
): Promise<void> {
  const now = deps.now();
  await deps.db.transaction().execute(async (trx) => {
    await endAccountSessions(trx, who.subject, now);
    await endChatSignIns(trx, who.subject, now);
    await recordSignOut(trx, who.subject, now);
    await deps.payloads.in(trx).endAccount(who.subject, [chatClientId, dashboardClientId]);
    await appendAudit(trx, {
      type: 'session.signed_out',
      actor: who.subject,
      subject: who.subject,
      clientId: who.clientId,
    });
    await announce(trx, { kind: 'sign_out', id: who.subject, subject: who.subject });
  });
}
