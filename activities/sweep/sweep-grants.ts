import { sql } from 'kysely';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { endGrant, type Grant } from '../store/grants.ts';
import { leftBehindBefore, type SweepDeps } from './deps.ts';
import { createWalk, forEachFew, type Place } from './walk.ts';
import { workflowState } from './workflow-state.ts';

/** Closes grants past their end, and those that no workflow holds: none is immortal (RULES 14). */
export function createGrantSweep(deps: SweepDeps): () => Promise<void> {
  const walkLiving = createWalk((after) => livingGrants(deps, after), {
    size: deps.timing.walkBatch,
    placeOf: (row: Grant) => ({ at: row.granted_at, id: row.grant_id }),
  });
  return async () => {
    await closeOverdue(deps);
    await forEachFew(await walkLiving(), (grant) => revokeWhenUnheld(deps, grant));
  };
}

async function closeOverdue(deps: SweepDeps): Promise<void> {
  const overdue = await deps.db
    .selectFrom('grants')
    .select('grant_id')
    .where('end_reason', 'is', null)
    .where('expires_at', '<', leftBehindBefore(deps))
    .orderBy('expires_at')
    .limit(deps.timing.batch)
    .execute();
  for (const { grant_id: grantId } of overdue) {
    await deps.db
      .transaction()
      .execute((trx) => endGrant(trx, grantId, { reason: 'expired', by: 'system', at: deps.now() }));
  }
}

async function livingGrants(deps: SweepDeps, after: Place | undefined): Promise<Grant[]> {
  let query = deps.db
    .selectFrom('grants')
    .selectAll()
    .where('end_reason', 'is', null)
    .where('granted_at', '<', leftBehindBefore(deps));
  if (after !== undefined) query = query.where(sql<boolean>`(granted_at, grant_id) > (${after.at}, ${after.id})`);
  return query.orderBy('granted_at').orderBy('grant_id').limit(deps.timing.walkBatch).execute();
}

/** A workflow closes only after its grant has ended, so a living grant without one has lost its holder. */
async function revokeWhenUnheld(deps: SweepDeps, grant: Grant): Promise<void> {
  if ((await workflowState(deps.client, scopeUpgradeWorkflowId(grant.request_id))).running) return;
  const end = {
    reason: 'revoked',
    by: 'system',
    at: deps.now(),
    note: 'The workflow that held this grant is gone.',
  } as const;
  await deps.db.transaction().execute((trx) => endGrant(trx, grant.grant_id, end));
}
