import { isTerminal } from '../../workflows/domain/request-status.ts';
import { appendAudit } from '../store/audit.ts';
import type { DbOrTrx } from '../store/connect.ts';
import { dropDecision, findDecision, type Decision } from '../store/decisions.ts';
import { auditContext, lockRequest } from '../store/requests.ts';
import { leftBehindBefore, notRepairedSince, type SweepDeps } from './deps.ts';
import { deliverDecision } from './request-workflow.ts';
import { claimRepair, unclaimed } from './repairs.ts';

/** The recorded decisions of a request that nobody has judged, in the order they were made. */
export async function unjudgedDecisions(db: DbOrTrx, requestId: string): Promise<Decision[]> {
  return db
    .selectFrom('decisions')
    .selectAll()
    .where('request_id', '=', requestId)
    .where('outcome', 'is', null)
    .orderBy('recorded_at')
    .execute();
}

/** Delivers again what was recorded and never judged: the API may have ended between recording and signalling. */
export async function sweepDecisions(deps: SweepDeps): Promise<void> {
  const since = notRepairedSince(deps);
  const unjudged = await deps.db
    .selectFrom('decisions')
    .innerJoin('scope_requests', 'scope_requests.request_id', 'decisions.request_id')
    .selectAll('decisions')
    .where('decisions.outcome', 'is', null)
    .where('decisions.recorded_at', '<', leftBehindBefore(deps))
    // An approval that is being minted has arrived; it waits for the mint.
    .where((eb) => eb.not(eb.and([eb('scope_requests.deciding', '=', true), eb('decisions.verdict', '=', 'approve')])))
    .where(unclaimed('decision', 'decisions.decision_id', since))
    .orderBy('decisions.recorded_at')
    .limit(deps.timing.batch)
    .execute();
  for (const decision of unjudged) await redeliver(deps, decision, since);
}

async function redeliver(deps: SweepDeps, decision: Decision, since: Date): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    const now = deps.now();
    if (!(await claimRepair(trx, { kind: 'decision', id: decision.decision_id }, now, since))) return;
    if (await deliverDecision(deps.client, decision)) {
      const request = await lockRequest(trx, decision.request_id);
      await appendAudit(trx, {
        type: 'decision.redelivered',
        actor: 'system',
        ...auditContext(request),
        data: { decision_id: decision.decision_id },
      });
      return;
    }
    // Without a workflow: an open request gets one, and its decisions with it; one that has ended needs none.
    const request = await lockRequest(trx, decision.request_id);
    const latest = await findDecision(trx, decision.decision_id);
    if (!isTerminal(request.status) || latest?.outcome !== null) return;
    const signed = { decisionId: decision.decision_id, statement: decision.statement };
    await dropDecision(trx, request, signed, 'already_decided', now);
  });
}
