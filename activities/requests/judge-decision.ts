import { isTerminal } from '../../workflows/domain/request-status.ts';
import { verifyDecision } from '../mint/verify-decision.ts';
import type { VerifyStatement } from '../mint/statement.ts';
import type { Db } from '../store/connect.ts';
import { countDecision, dropDecision, findDecision } from '../store/decisions.ts';
import { endRequest, lockRequest, setDeciding } from '../store/requests.ts';
import type { ArrivedDecision, JudgedDecision } from './types.ts';

/**
 * Verifies a decision that arrived by signal and acts on it: a denial ends the request, an approval marks it as
 * deciding until the mint has written it, anything else changes nothing and is audited (RULES 16–18).
 */
export async function judgeDecision(
  deps: { db: Db; verify: VerifyStatement; now: () => Date },
  requestId: string,
  decision: ArrivedDecision,
): Promise<JudgedDecision> {
  return deps.db.transaction().execute(async (trx) => {
    const request = await lockRequest(trx, requestId);
    const now = deps.now();
    const recorded = await findDecision(trx, decision.decisionId);
    if (recorded?.outcome === 'counted') return { counted: true, status: request.status };
    if (recorded?.outcome) return { counted: false, refusal: recorded.outcome, status: request.status };
    if (isTerminal(request.status)) {
      await dropDecision(trx, request, decision, 'already_decided', now);
      return { counted: false, refusal: 'already_decided', status: request.status };
    }
    const verified = await verifyDecision(trx, request, decision, deps.verify, now);
    const known = recorded?.request_id === requestId && recorded.statement === decision.statement;
    const refusal = verified.ok ? (known ? undefined : 'statement_invalid') : verified.refusal;
    if (refusal !== undefined) {
      await dropDecision(trx, request, decision, refusal, now);
      return { counted: false, refusal, status: request.status };
    }
    if (decision.verdict === 'approve') {
      await setDeciding(trx, request, true);
      return { counted: true, status: request.status };
    }
    const approver = recorded?.approver ?? null;
    await countDecision(trx, decision.decisionId, now);
    const status = await endRequest(trx, requestId, {
      status: 'denied',
      actor: approver ?? 'system',
      decidedBy: approver,
      note: recorded?.note ?? null,
      at: now,
    });
    return { counted: true, status };
  });
}
