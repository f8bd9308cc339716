import { sql } from 'kysely';
import { appendAudit } from './audit.ts';
import { endClientSignIns } from './client-sign-ins.ts';
import type { DbOrTrx } from './connect.ts';
import { endRequestsAndGrants, type Ended } from './end-everything.ts';
import { announce } from './events.ts';

/** A client that a person lets act for them. */
export interface Connection {
  clientId: string;
  /** What an admin or the owner calls it. */
  name: string | null;
  /** What it called itself. */
  registeredName: string | null;
  consentedAt: Date;
  /** It may stay connected when they are not there. */
  offline: boolean;
  /** Sign-ins there that go on. */
  signIns: number;
  lastUsedAt: Date | null;
  activeGrants: number;
}

/** A person's connections, the newest first. */
export async function connectionsOf(db: DbOrTrx, subject: string, now: Date): Promise<Connection[]> {
  const { rows } = await sql<Connection>`
    select consents.client_id as "clientId", states.name, consents.client_name as "registeredName",
      consents.consented_at as "consentedAt", consents.offline,
      (select count(*)::int from client_sign_ins as signed where signed.subject = consents.subject
        and signed.client_id = consents.client_id and signed.ended_at is null and signed.used_at is not null) as "signIns",
      (select max(used_at) from client_sign_ins as signed where signed.subject = consents.subject
        and signed.client_id = consents.client_id) as "lastUsedAt",
      (select count(*)::int from grants where grants.subject = consents.subject
        and grants.client_id = consents.client_id and end_reason is null and expires_at > ${now}) as "activeGrants"
    from client_consents as consents left join client_states as states using (client_id)
    where consents.subject = ${subject}
    order by consents.consented_at desc, consents.client_id`.execute(db);
  return rows;
}

/**
 * The person takes a client back: their consent, its sign-ins and tokens, what waits for a decision and what it holds all
 * end in this transaction, audited.
 *
 * @returns undefined where there was no such consent, and nothing has changed.
 */
export async function disconnect(
  trx: DbOrTrx,
  of: { subject: string; clientId: string },
  at: Date,
): Promise<Ended | undefined> {
  const { subject, clientId } = of;
  const removed = await trx
    .deleteFrom('client_consents')
    .where('subject', '=', subject)
    .where('client_id', '=', clientId)
    .returning('client_id')
    .executeTakeFirst();
  if (removed === undefined) return undefined;
  await endClientSignIns(trx, of, at);
  const note = 'The client was disconnected by the person it acts for.';
  const ended = await endRequestsAndGrants(trx, of, { reason: 'returned', by: subject, note, at });
  await appendAudit(trx, {
    type: 'client.disconnected',
    actor: subject,
    subject,
    clientId,
    data: { requests: ended.requests.length, grants: ended.grantsOfRequests.length },
  });
  await announce(trx, { kind: 'client', id: clientId, subject });
  return { ...ended, conversations: [] };
}
