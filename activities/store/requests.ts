import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { Risk } from '../../workflows/domain/policy.ts';
import { isTerminal, type RequestStatus } from '../../workflows/domain/request-status.ts';
import { appendAudit } from './audit.ts';
import type { DbOrTrx } from './connect.ts';
import { announce } from './events.ts';
import { requestDedupeKey, requestDigest, type AskedFor } from './request-digest.ts';
import { forgetArguments } from './mcp-tasks.ts';
import { countsBefore, holdOpenRequests, refuseTooMany } from './request-limits.ts';
import type { ScopeRequestsTable } from './schema.ts';
import { endCallsOfRequest } from './tool-calls.ts';

/** One approval request as stored. */
export type ScopeRequest = Selectable<ScopeRequestsTable>;

/** What the caller of {@link openRequest} asks for. */
export type NewRequest = Omit<AskedFor, 'requestId'>;

/** How a request came about, where it was not asked for at the API itself. */
export interface RequestOrigin {
  via: 'authorization_request' | 'background_request';
  /** When whoever waits for it stops waiting: nobody decides it later than that. */
  endsBy?: Date;
}

/**
 * Stores a request, or returns the open one for the same call (RULES 19). The workflow of its id is started after it.
 * Call it in a transaction.
 *
 * @throws {DomainError} `rate_limited` for one more than a person or a client may have waiting, which then is not stored.
 */
export async function openRequest(
  trx: DbOrTrx,
  asked: NewRequest,
  origin?: RequestOrigin,
): Promise<{ request: ScopeRequest; created: boolean }> {
  const requestId = `req_${randomUUID()}`;
  const dedupeKey = requestDedupeKey(asked);
  const [, inserted] = await Promise.all([
    holdOpenRequests(trx, asked.subject),
    trx
      .insertInto('scope_requests')
      .values({
        request_id: requestId,
        subject: asked.subject,
        client_id: asked.clientId,
        session_id: asked.sessionId,
        scopes: [...asked.scopes].sort(),
        tool_name: asked.toolName,
        tool_args: asked.toolArgs === null ? null : JSON.stringify(asked.toolArgs),
        justification: asked.justification,
        requested_duration_seconds: asked.durationSeconds ?? null,
        expires_at: origin?.endsBy ?? null,
        digest: requestDigest({ ...asked, requestId }),
        dedupe_key: dedupeKey,
      })
      .onConflict((conflict) =>
        conflict.column('dedupe_key').where('status', 'in', ['requested', 'pending']).doNothing(),
      )
      .returningAll()
      .returning((eb) => countsBefore(eb, asked))
      .executeTakeFirst(),
  ]);
  if (inserted !== undefined) {
    const { open_before, open_of_client, open_of_other_clients, new_of_client, ...request } = inserted;
    refuseTooMany(asked, { open_before, open_of_client, open_of_other_clients, new_of_client });
    await appendAudit(trx, {
      type: 'request.created',
      actor: asked.subject,
      ...auditContext(request),
      ...(origin === undefined ? {} : { data: { via: origin.via } }),
    });
    return { request, created: true };
  }
  const open = await trx
    .selectFrom('scope_requests')
    .selectAll()
    .where('dedupe_key', '=', dedupeKey)
    .where('status', 'in', ['requested', 'pending'])
    .executeTakeFirst();
  if (open === undefined) {
    throw new DomainError('temporarily_unavailable', 'The same request has just been decided. Ask again.');
  }
  return { request: open, created: false };
}

/** The request of that id. */
export async function findRequest(db: DbOrTrx, requestId: string): Promise<ScopeRequest | undefined> {
  return db.selectFrom('scope_requests').selectAll().where('request_id', '=', requestId).executeTakeFirst();
}

/** The requests of these ids, as far as they are there. */
export async function findRequests(db: DbOrTrx, requestIds: readonly string[]): Promise<ScopeRequest[]> {
  if (requestIds.length === 0) return [];
  return db.selectFrom('scope_requests').selectAll().where('request_id', 'in', requestIds).execute();
}

/** How these requests were judged when they were made, by id. */
export async function recordedRisks(
  db: DbOrTrx,
  requestIds: readonly string[],
): Promise<Map<string, Pick<ScopeRequest, 'risk' | 'approval_type'>>> {
  if (requestIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('scope_requests')
    .select(['request_id', 'risk', 'approval_type'])
    .where('request_id', 'in', requestIds)
    .execute();
  return new Map(rows.map((row) => [row.request_id, row]));
}

/** What a person has waiting through one client, the oldest first. */
export async function openRequestsOfClient(
  db: DbOrTrx,
  of: { subject: string; clientId: string },
): Promise<Pick<ScopeRequest, 'request_id' | 'scopes'>[]> {
  return db
    .selectFrom('scope_requests')
    .select(['request_id', 'scopes'])
    .where('subject', '=', of.subject)
    .where('client_id', '=', of.clientId)
    .where('status', 'in', ['requested', 'pending'])
    .orderBy('created_at')
    .execute();
}

/** The request, locked until the transaction ends. @throws {DomainError} `not_found` */
export async function lockRequest(trx: DbOrTrx, requestId: string): Promise<ScopeRequest> {
  const row = await trx
    .selectFrom('scope_requests')
    .selectAll()
    .where('request_id', '=', requestId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new DomainError('not_found', 'There is no such request.');
  return row;
}

/** What policy said about a request; written once, while it is `requested`. */
export interface Evaluation {
  approvalType: ApprovalType;
  rule: string;
  risk: Risk;
  policyVersion: string;
  expiresAt: Date;
}

/** Stores policy's verdict; a request that waits for a person becomes `pending` in the same step. */
export async function recordEvaluation(trx: DbOrTrx, request: ScopeRequest, evaluation: Evaluation): Promise<void> {
  const waits = evaluation.approvalType === 'admin_required' || evaluation.approvalType === 'self';
  const updated = trx
    .updateTable('scope_requests')
    .set({
      approval_type: evaluation.approvalType,
      rule: evaluation.rule,
      risk: evaluation.risk,
      policy_version: evaluation.policyVersion,
      expires_at: evaluation.expiresAt,
      status: waits ? 'pending' : 'requested',
    })
    .where('request_id', '=', request.request_id)
    .where('status', '=', 'requested')
    .execute();
  if (!waits) {
    await updated;
    return;
  }
  const pending = {
    type: 'request.pending',
    actor: 'policy',
    ...auditContext(request),
    data: {
      approval_type: evaluation.approvalType,
      rule: evaluation.rule,
      policy_version: evaluation.policyVersion,
      expires_at: evaluation.expiresAt.toISOString(),
    },
  } as const;
  await Promise.all([updated, appendAudit(trx, pending), announceRequest(trx, request)]);
}

/** Shows, or stops showing, that a decision is on its way into force (RULES 16). */
export async function setDeciding(trx: DbOrTrx, request: ScopeRequest, deciding: boolean): Promise<void> {
  await Promise.all([
    trx.updateTable('scope_requests').set({ deciding }).where('request_id', '=', request.request_id).execute(),
    announceRequest(trx, request),
  ]);
}

/**
 * Records that the requester withdraws: the signal that follows carries no proof of its own. Call it in a transaction.
 *
 * @returns whether the request was still open.
 */
export async function recordWithdrawal(trx: DbOrTrx, request: ScopeRequest, at: Date): Promise<boolean> {
  const updated = await trx
    .updateTable('scope_requests')
    .set({ cancel_requested_at: at })
    .where('request_id', '=', request.request_id)
    .where('status', 'in', ['requested', 'pending'])
    .where('cancel_requested_at', 'is', null)
    .returning('request_id')
    .executeTakeFirst();
  if (updated === undefined) return false;
  await appendAudit(trx, { type: 'request.withdrawal_recorded', actor: request.subject, ...auditContext(request) });
  return true;
}

/**
 * Adds why, where nothing was said when the request was made: once, and while nobody has decided. What approvers sign
 * stays what it is. Call it in a transaction.
 *
 * @throws {DomainError} `already_decided` once it is decided, or has a reason.
 */
export async function addJustification(trx: DbOrTrx, requestId: string, justification: string): Promise<void> {
  const request = await lockRequest(trx, requestId);
  if (isTerminal(request.status) || request.deciding) {
    throw new DomainError('already_decided', 'It has been decided in the meantime: no reason can be added any more.');
  }
  if (reasonOf(request) !== null) {
    throw new DomainError('already_decided', 'A reason has been given already: it cannot be changed.');
  }
  await Promise.all([
    trx
      .updateTable('scope_requests')
      .set({ added_justification: justification })
      .where('request_id', '=', requestId)
      .execute(),
    appendAudit(trx, { type: 'request.justified', actor: request.subject, ...auditContext(request) }),
    announceRequest(trx, request),
  ]);
}

/** Why, whenever it was said. */
export function reasonOf(request: Pick<ScopeRequest, 'justification' | 'added_justification'>): string | null {
  return request.justification ?? request.added_justification;
}

/** How a request ends without a grant. */
export interface RequestEnd {
  status: 'denied' | 'expired' | 'cancelled';
  /** A subject, `policy` or `system`. */
  actor: string;
  /** The approver, when a person decided. */
  decidedBy: string | null;
  note: string | null;
  at: Date;
}

/**
 * The one way a request ends without a grant: guarded, with its audit entry, its parked calls and its event in the
 * same transaction (RULES 16).
 *
 * @returns the status the request has now: `end.status`, or how it had already ended.
 */
export async function endRequest(trx: DbOrTrx, requestId: string, end: RequestEnd): Promise<RequestStatus> {
  const request = await lockRequest(trx, requestId);
  if (isTerminal(request.status)) return request.status;
  await Promise.all([
    trx
      .updateTable('scope_requests')
      .set({
        status: end.status,
        deciding: false,
        decided_at: end.at,
        decided_by: end.decidedBy,
        decision_note: end.note,
      })
      .where('request_id', '=', requestId)
      .execute(),
    appendAudit(trx, { type: `request.${end.status}`, actor: end.actor, ...auditContext(request) }),
    endCallsOfRequest(trx, requestId, end.status),
    forgetArguments(trx, requestId),
    announceRequest(trx, request),
  ]);
  return end.status;
}

/** Tells live views about a request. */
export async function announceRequest(trx: DbOrTrx, request: ScopeRequest): Promise<void> {
  await announce(trx, { kind: 'request', id: request.request_id, subject: request.subject, scopes: request.scopes });
}

/** The columns of an audit entry that every request event shares. */
export function auditContext(request: ScopeRequest): {
  subject: string;
  clientId: string;
  requestId: string;
  sessionId: string | null;
  scopes: string[];
} {
  return {
    subject: request.subject,
    clientId: request.client_id,
    requestId: request.request_id,
    sessionId: request.session_id,
    scopes: request.scopes,
  };
}

/** Whether an approver may approve some of its scopes: a call needs all that it was asked with. */
export function isDivisible(request: Pick<ScopeRequest, 'tool_name' | 'scopes'>): boolean {
  return request.tool_name === null && request.scopes.length > 1;
}

/** What was asked, as its digest covers it. */
export function askedFor(request: ScopeRequest): AskedFor {
  return {
    requestId: request.request_id,
    subject: request.subject,
    clientId: request.client_id,
    sessionId: request.session_id,
    scopes: request.scopes,
    toolName: request.tool_name,
    toolArgs: request.tool_args,
    justification: request.justification,
    ...(request.requested_duration_seconds === null ? {} : { durationSeconds: request.requested_duration_seconds }),
  };
}

/** How many of a person's requests wait, of all their clients or of one. */
export async function countPending(db: DbOrTrx, subject: string, clientId?: string): Promise<number> {
  const row = await db
    .selectFrom('scope_requests')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('subject', '=', subject)
    .where('status', 'in', ['requested', 'pending'])
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? ''))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
