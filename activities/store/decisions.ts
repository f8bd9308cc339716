import type { Selectable } from 'kysely';
import type { DecisionRefusal, Verdict } from '../../workflows/domain/decision.ts';
import { appendAudit } from './audit.ts';
import type { DbOrTrx } from './connect.ts';
import { auditContext, type ScopeRequest } from './requests.ts';
import type { DecisionsTable } from './schema.ts';

/** One recorded decision. */
export type Decision = Selectable<DecisionsTable>;

/** The decision an approver makes; `statement` is the signed JWS. */
export interface NewDecision {
  decisionId: string;
  verdict: Verdict;
  approver: string;
  statement: string;
  note: string | null;
  /** Of an approval; the statement says it too, and is what counts. */
  durationSeconds?: number;
}

/**
 * Records a decision, with its audit entry. The same approver repeating the same verdict gets the first one back, so a
 * retry reuses its decision id. Call it in a transaction.
 */
export async function recordDecision(trx: DbOrTrx, request: ScopeRequest, decision: NewDecision): Promise<Decision> {
  const inserted = await trx
    .insertInto('decisions')
    .values({
      decision_id: decision.decisionId,
      request_id: request.request_id,
      verdict: decision.verdict,
      approver: decision.approver,
      statement: decision.statement,
      note: decision.note,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted !== undefined) {
    await appendAudit(trx, {
      type: 'decision.recorded',
      actor: decision.approver,
      ...auditContext(request),
      data: {
        decision_id: decision.decisionId,
        verdict: decision.verdict,
        ...(decision.durationSeconds === undefined ? {} : { duration_seconds: decision.durationSeconds }),
      },
    });
    return inserted;
  }
  return trx
    .selectFrom('decisions')
    .selectAll()
    .where('request_id', '=', request.request_id)
    .where('approver', '=', decision.approver)
    .where('verdict', '=', decision.verdict)
    .where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', '=', 'counted')]))
    .executeTakeFirstOrThrow();
}

/** The decision of that id. */
export async function findDecision(db: DbOrTrx, decisionId: string): Promise<Decision | undefined> {
  return db.selectFrom('decisions').selectAll().where('decision_id', '=', decisionId).executeTakeFirst();
}

/** The approver's standing (unjudged or counted) decision with that verdict, if any. */
export async function findStandingDecision(
  db: DbOrTrx,
  requestId: string,
  approver: string,
  verdict: Verdict,
): Promise<Decision | undefined> {
  return db
    .selectFrom('decisions')
    .selectAll()
    .where('request_id', '=', requestId)
    .where('approver', '=', approver)
    .where('verdict', '=', verdict)
    .where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', '=', 'counted')]))
    .executeTakeFirst();
}

/** Decisions that nobody has judged yet, in the order in which they were recorded. */
export async function findUnjudgedDecisions(
  db: DbOrTrx,
  requestId: string,
): Promise<{ decisionId: string; statement: string; verdict: Verdict }[]> {
  return db
    .selectFrom('decisions')
    .select(['decision_id as decisionId', 'statement', 'verdict'])
    .where('request_id', '=', requestId)
    .where('outcome', 'is', null)
    .orderBy('recorded_at')
    .orderBy('decision_id')
    .execute();
}

/** Marks a decision as the one that counted. */
export async function countDecision(trx: DbOrTrx, decisionId: string, at: Date): Promise<void> {
  await trx
    .updateTable('decisions')
    .set({ outcome: 'counted', judged_at: at })
    .where('decision_id', '=', decisionId)
    .execute();
}

/**
 * Drops a decision that changes nothing, and audits why. Only an unjudged decision of this very request and statement
 * is marked; a signal that merely names its id must not burn it.
 */
export async function dropDecision(
  trx: DbOrTrx,
  request: ScopeRequest,
  decision: { decisionId: string; statement: string },
  refusal: DecisionRefusal,
  at: Date,
): Promise<void> {
  await trx
    .updateTable('decisions')
    .set({ outcome: refusal, judged_at: at })
    .where('decision_id', '=', decision.decisionId)
    .where('request_id', '=', request.request_id)
    .where('statement', '=', decision.statement)
    .where('outcome', 'is', null)
    .execute();
  await appendAudit(trx, {
    type: 'decision.dropped',
    actor: 'system',
    ...auditContext(request),
    data: { decision_id: decision.decisionId, refusal },
  });
}
