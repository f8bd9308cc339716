import { sql } from 'kysely';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { wakeAfterEnd } from '../requests/wake-sessions.ts';
import { appendAudit } from '../store/audit.ts';
import { auditContext, endRequest, findRequest, type ScopeRequest } from '../store/requests.ts';
import { leftBehindBefore, notRepairedSince, type SweepDeps } from './deps.ts';
import { deliverCancel, startAgain } from './request-workflow.ts';
import { claimRepair, unclaimed } from './repairs.ts';
import { unjudgedDecisions } from './sweep-decisions.ts';
import { createWalk, forEachFew, type Place } from './walk.ts';
import { workflowState } from './workflow-state.ts';

/** Gives every open request a running workflow, or ends it when its time is over (RULES 14, 16, 19). */
export function createRequestSweep(deps: SweepDeps): () => Promise<void> {
  const walkOpen = createWalk((after) => openRequests(deps, after), {
    size: deps.timing.walkBatch,
    placeOf: (row: ScopeRequest) => ({ at: row.created_at, id: row.request_id }),
  });
  return async () => {
    const [unevaluated, overdue, some] = [
      await suspects(deps, 'requested'),
      await suspects(deps, 'overdue'),
      await walkOpen(),
    ];
    const ids = new Set([...unevaluated, ...overdue, ...some].map(({ request_id }) => request_id));
    await forEachFew([...ids], (requestId) => repairRequest(deps, requestId));
    await repeatWithdrawals(deps);
  };
}

/** What is hardly ever seen when all is well, so that it is looked at first. */
async function suspects(deps: SweepDeps, kind: 'requested' | 'overdue'): Promise<ScopeRequest[]> {
  const before = leftBehindBefore(deps);
  const query = deps.db.selectFrom('scope_requests').selectAll().limit(deps.timing.batch);
  return kind === 'requested'
    ? query.where('status', '=', 'requested').where('created_at', '<', before).orderBy('created_at', 'desc').execute()
    : query.where('status', '=', 'pending').where('expires_at', '<', before).orderBy('expires_at').execute();
}

async function openRequests(deps: SweepDeps, after: Place | undefined): Promise<ScopeRequest[]> {
  let query = deps.db
    .selectFrom('scope_requests')
    .selectAll()
    .where('status', 'in', ['requested', 'pending'])
    .where('created_at', '<', leftBehindBefore(deps));
  if (after !== undefined) query = query.where(sql<boolean>`(created_at, request_id) > (${after.at}, ${after.id})`);
  return query.orderBy('created_at').orderBy('request_id').limit(deps.timing.walkBatch).execute();
}

/**
 * Repairs one request that is open in the database although no workflow runs for it. A workflow ends its row before it
 * closes, so a row that is still open after its workflow was seen to be gone has been left behind.
 */
export async function repairRequest(deps: SweepDeps, requestId: string): Promise<void> {
  if ((await workflowState(deps.client, scopeUpgradeWorkflowId(requestId))).running) return;
  const request = await findRequest(deps.db, requestId);
  if (request === undefined || isTerminal(request.status)) return;
  const decisions = await unjudgedDecisions(deps.db, requestId);
  const now = deps.now();
  const overdue = request.expires_at !== null && request.expires_at <= now;
  // A decision or withdrawal from before the end still counts (RULES 17), which only the workflow can judge.
  if (overdue && decisions.length === 0 && request.cancel_requested_at === null) {
    await deps.db
      .transaction()
      .execute((trx) =>
        endRequest(trx, requestId, { status: 'expired', actor: 'system', decidedBy: null, note: null, at: now }),
      );
    await wakeAfterEnd(deps, { requestId });
    return;
  }
  await deps.db.transaction().execute(async (trx) => {
    if (!(await claimRepair(trx, { kind: 'workflow', id: requestId }, now, notRepairedSince(deps)))) return;
    await startAgain(deps.client, requestId, { decisions, withdrawn: request.cancel_requested_at !== null });
    await appendAudit(trx, { type: 'request.workflow_restarted', actor: 'system', ...auditContext(request) });
  });
}

/** Repeats the signal of a recorded withdrawal that has changed nothing yet. */
async function repeatWithdrawals(deps: SweepDeps): Promise<void> {
  const since = notRepairedSince(deps);
  const withdrawn = await deps.db
    .selectFrom('scope_requests')
    .selectAll()
    .where('status', 'in', ['requested', 'pending'])
    .where('cancel_requested_at', '<', leftBehindBefore(deps))
    .where(unclaimed('withdrawal', 'scope_requests.request_id', since))
    .limit(deps.timing.batch)
    .execute();
  for (const request of withdrawn) {
    await deps.db.transaction().execute(async (trx) => {
      const repair = { kind: 'withdrawal', id: request.request_id } as const;
      if (!(await claimRepair(trx, repair, deps.now(), since))) return;
      await deliverCancel(deps.client, request.request_id);
      await appendAudit(trx, { type: 'request.withdrawal_redelivered', actor: 'system', ...auditContext(request) });
    });
  }
}
