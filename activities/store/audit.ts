import type { DbOrTrx } from './connect.ts';

/** Every kind of entry in the audit table. */
export const auditTypes = [
  'policy.activated',
  'people.seeded',
  'session.signed_in',
  'session.sign_in_failed',
  'session.signed_out',
  'request.created',
  'request.pending',
  'request.approved',
  'request.denied',
  'request.expired',
  'request.cancelled',
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
  'credential.issued',
  'credential.refused',
  'token.refused',
  'access.refused',
  'call.released',
  'call.settled',
  'tool.called',
  'tool.refused',
] as const;
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

/** Appends to the audit table; call it in the transaction of the change that it records. */
export async function appendAudit(db: DbOrTrx, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      type: entry.type,
      actor: entry.actor,
      subject: entry.subject ?? null,
      client_id: entry.clientId ?? null,
      request_id: entry.requestId ?? null,
      grant_id: entry.grantId ?? null,
      session_id: entry.sessionId ?? null,
      scopes: [...(entry.scopes ?? [])],
      data: JSON.stringify(entry.data ?? {}),
    })
    .execute();
}
