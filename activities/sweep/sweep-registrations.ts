import { sql } from 'kysely';
import { appendAudit } from '../store/audit.ts';
import type { SweepDeps } from './deps.ts';

/** A registration that nobody has consented to for so long is nobody's; its client registers anew when it comes back. */
const unusedForMs = 7 * 86_400_000;

/** Not oftener: there is no hurry, and the whole table is looked through. */
const everyMs = 10 * 60_000;

/**
 * Removes registrations that no person uses: anybody may register, so without this they would only ever grow. A client
 * that an admin has named or blocked stays, and so does one that was ever granted anything.
 */
export function createRegistrationSweep(deps: SweepDeps): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = deps.now();
    if (now.getTime() < next) return;
    next = now.getTime() + everyMs;
    await deps.db.transaction().execute(async (trx) => {
      const removed = await sql`
        delete from oidc_payloads
        where model = 'Client' and created_at < ${new Date(now.getTime() - unusedForMs)} and id not in (
          select rtrim(translate(encode(sha256(convert_to(client_id, 'UTF8')), 'base64'), '+/', '-_'), '=') from (
            select client_id from client_consents
            union select client_id from client_sign_ins where ended_at is null
            union select client_id from client_states where name is not null or blocked_at is not null
            union select client_id from grants
          ) as used)`.execute(trx);
      const count = Number(removed.numAffectedRows ?? 0);
      if (count > 0) await appendAudit(trx, { type: 'client.registrations_removed', actor: 'system', data: { count } });
    });
  };
}
