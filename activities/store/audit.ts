import { CompiledQuery } from 'kysely';
import type { Db, DbOrTrx } from './connect.ts';
import { grantNotSuspendedSql } from './suspensions.ts';

/** Every kind of entry in the audit table. */
export const auditTypes = [
  'policy.activated',
  'policy.rejected',
  'policy.mended',
  'people.seeded',
  'person.roles_changed',
  'person.disabled',
  'person.enabled',
  'client.blocked',
  'client.unblocked',
  'client.named',
  'client.errors_set',
  'client.registered',
  'client.removed',
  'client.consented',
  'client.consent_refused',
  'client.disconnected',
  'client.signed_in',
  'client.sign_in_ended',
  'step_up.begun',
  'step_up.withdrawn',
  'step_up.finished',
  'client.registrations_removed',
  'resource_server.added',
  'resource_server.removed',
  'grants.frozen',
  'grants.unfrozen',
  'session.signed_in',
  'session.sign_in_failed',
  'session.signed_out',
  'session.ended',
  'request.created',
  'request.pending',
  'request.justified',
  'request.approved',
  'request.denied',
  'request.expired',
  'request.cancelled',
  'request.withdrawal_recorded',
  'request.withdrawal_redelivered',
  'request.workflow_restarted',
  'decision.recorded',
  'decision.redelivered',
  'decision.dropped',
  'decision.refused',
  'grant.created',
  'grant.expired',
  'grant.revoked',
  'grant.returned',
  'grant.consumed',
  'conversation.renamed',
  'conversation.stopped',
  'conversation.deleted',
  'credential.issued',
  'credential.refused',
  'token.refused',
  'token.exchanged',
  'access.refused',
  'call.released',
  'call.settled',
  'tool.called',
  'tool.finished',
  'tool.refused',
  'audit.exported',
  'audit.verified',
] as const;
/** One of {@link auditTypes}. */
export type AuditType = (typeof auditTypes)[number];

/** What happened, to whom, by whom. Never a token, an argument or an e-mail address: ids and digests only. */
export interface AuditEntry {
  type: AuditType;
  /** A subject, or `policy`, `system`, `anonymous`. */
  actor: string;
  subject?: string | null;
  clientId?: string | null;
  requestId?: string | null;
  grantId?: string | null;
  sessionId?: string | null;
  scopes?: readonly string[];
  data?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit table, in this order; call it in the transaction of the change that is recorded. */
export async function appendAudit(db: DbOrTrx, ...entries: readonly AuditEntry[]): Promise<void> {
  await db.insertInto('audit_events').values(entries.map(rowOf)).execute();
}

/** The parameters of {@link valuesOf}, then who waits for the disk. */
const valuesSql = '$1, $2, $3, $4, $5, $6, $7, $8::text[], $9::jsonb';
const intoSql =
  'insert into audit_events (type, actor, subject, client_id, request_id, grant_id, session_id, scopes, data)';
/** Of this statement alone: the next commit that waits for the disk takes one that does not along. */
const syncedSql = `set_config('synchronous_commit', case when $10::boolean then current_setting('synchronous_commit') else 'off' end,
  true) is not null`;

/** Written out, as two are run for each call of a tool: nothing is built or compiled then. */
const aloneSql = `${intoSql} select ${valuesSql} where ${syncedSql}`;
const underGrantSql = `
  with alive as (
    select grant_id from grants where grant_id = $6 and end_reason is null and expires_at > $11::timestamptz
      and ${grantNotSuspendedSql} for share
  )
  ${intoSql} select ${valuesSql} from alive where ${syncedSql}`;

/**
 * Appends what happened to a call, in a transaction of its own.
 *
 * @param synced `false` does not wait for the disk: the next commit that does takes this one along.
 */
export async function appendCallAudit(db: Db, entry: AuditEntry, synced: boolean): Promise<void> {
  await db.executeQuery(CompiledQuery.raw(aloneSql, [...valuesOf(entry), synced]));
}

/**
 * Appends if and only if the grant is alive, holding it while it does: one statement, so that a revoke comes wholly
 * before or wholly after (RULES 15). A freeze or a blocked client counts as an end.
 *
 * @param record.synced as of {@link appendCallAudit}
 * @returns whether it was alive.
 */
export async function appendAuditUnderGrant(
  db: Db,
  { grantId, entry, synced }: { grantId: string; entry: AuditEntry; synced: boolean },
  now: Date,
): Promise<boolean> {
  const parameters = [...valuesOf({ ...entry, grantId }), synced, now];
  const { numAffectedRows } = await db.executeQuery(CompiledQuery.raw(underGrantSql, parameters));
  return numAffectedRows === 1n;
}

function rowOf(entry: AuditEntry) {
  return {
    type: entry.type,
    actor: entry.actor,
    subject: entry.subject ?? null,
    client_id: entry.clientId ?? null,
    request_id: entry.requestId ?? null,
    grant_id: entry.grantId ?? null,
    session_id: entry.sessionId ?? null,
    scopes: [...(entry.scopes ?? [])],
    data: JSON.stringify(entry.data ?? {}),
  };
}

function valuesOf(entry: AuditEntry): unknown[] {
  const row = rowOf(entry);
  const [type, actor, subject, client] = [row.type, row.actor, row.subject, row.client_id];
  return [type, actor, subject, client, row.request_id, row.grant_id, row.session_id, row.scopes, row.data];
}
