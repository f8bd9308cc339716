import { sql } from 'kysely';
import { DomainError } from '../../workflows/domain/errors.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import { coolDownMs, refusedAgain, type EarlierAnswer, type OpenQuestion } from '../../workflows/domain/step-up.ts';
import type { DbOrTrx } from './connect.ts';
import { findPersonAndPolicy } from './people.ts';
import { isClientVerified } from './verified-clients.ts';

/** The answer that a step-up would only ask for again. */
export interface StepUpCoolDown {
  /** The request that was answered last. */
  requestId: string;
  /** How it ended; `approved` when only a part of it was granted. */
  status: 'denied' | 'expired' | 'approved';
  /** What the approver or the policy said. */
  reason: string | null;
  /** Each of them was left out of an approval: none was denied, or waited for in vain. */
  onlyLeftOut: boolean;
  /** Which of the scopes asked about have been refused; others may be asked for. */
  refused: string[];
  endedAt: Date;
  /** From then on they may be asked for again. */
  until: Date;
}

/**
 * Whether somebody has just been refused what a client steps up to. Stock clients ask again at once, for ever; until
 * the cool-down of the policy is over they get the earlier answer, and no approver is asked twice.
 *
 * Each scope goes by the latest answer to a request of this person and client that names it, alone or among others:
 * denied, expired, or approved without it. A withdrawal is the person's own and no answer. A request that has been made
 * since asks anew, a grant that has been made since answers otherwise, and so does a policy that would decide by itself.
 */
export async function stepUpCoolDown(
  db: DbOrTrx,
  asked: { subject: string; clientId: string; scopes: readonly string[] },
  now: Date,
): Promise<StepUpCoolDown | undefined> {
  if (asked.scopes.length === 0) return undefined;
  const [{ person, policy }, clientVerified] = await Promise.all([
    findPersonAndPolicy(db, asked.subject),
    isClientVerified(db, asked.clientId),
  ]);
  if (person === undefined) return undefined;
  const lastingMs = coolDownMs(policy);
  const earlier = await earlierRequests(db, asked, new Date(now.getTime() - lastingMs));
  const verdict = (scope: string): ApprovalType => {
    try {
      return evaluatePolicy(policy, { ...person, clientId: asked.clientId, clientVerified, scopes: [scope] })
        .approvalType;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'unknown_scope') return 'forbidden';
      throw error;
    }
  };
  const refused = refusedAgain(earlier, asked.scopes, verdict);
  const [last] = refused.map(({ answer }) => answer).sort((one, other) => Number(other.endedAt) - Number(one.endedAt));
  if (last === undefined) return undefined;
  return {
    requestId: last.requestId,
    status: last.status,
    reason: last.reason,
    onlyLeftOut: refused.every(({ answer }) => answer.status === 'approved'),
    refused: refused.map(({ scope }) => scope),
    endedAt: last.endedAt,
    until: new Date(last.endedAt.getTime() + lastingMs),
  };
}

/** Requests about any of the scopes: those that ended since then, the latest first, and those that wait. */
async function earlierRequests(
  db: DbOrTrx,
  asked: { subject: string; clientId: string; scopes: readonly string[] },
  since: Date,
): Promise<{ answers: EarlierAnswer[]; open: OpenQuestion[] }> {
  const rows = await db
    .selectFrom('scope_requests as request')
    .leftJoin('grants', 'grants.request_id', 'request.request_id')
    .select([
      'request.request_id as requestId',
      'request.status',
      'request.scopes',
      'request.decided_by as decidedBy',
      'request.decision_note as reason',
      'request.created_at as askedAt',
      'request.decided_at as endedAt',
      'grants.scopes as granted',
    ])
    .where('request.subject', '=', asked.subject)
    .where('request.client_id', '=', asked.clientId)
    .where(sql<boolean>`request.scopes && ${asked.scopes}::text[]`)
    .where((eb) => eb.or([eb('request.decided_at', 'is', null), eb('request.decided_at', '>', since)]))
    .orderBy('request.decided_at', 'desc')
    .execute();
  const answers = rows.flatMap(({ status, endedAt, ...row }) =>
    endedAt !== null && (status === 'denied' || status === 'expired' || status === 'approved')
      ? [{ ...row, status, endedAt }]
      : [],
  );
  return { answers, open: rows.filter(({ endedAt }) => endedAt === null) };
}
