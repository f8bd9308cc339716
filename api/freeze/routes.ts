import { Router } from 'express';
import { sql } from 'kysely';
import { runChecked } from '../../activities/store/checked-function.ts';
import { releaseAfterFreeze } from '../../activities/store/tool-calls.ts';
import { isAdmin } from '../../workflows/domain/approvers.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { freezeBodySchema, type FreezeState } from '../contract/freeze.ts';
import { parseBody } from '../http/parse.ts';
import { requireAdmin } from '../people/require-role.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import { currentFreeze } from './freeze-view.ts';

/** One switch over all elevated grants. Expects an authenticated caller. */
export function freezeRoutes(deps: Pick<ApprovalDeps, 'db' | 'now'>): Router {
  const router = Router();
  const state = async (caller: Caller): Promise<FreezeState> => ({
    freeze: await currentFreeze(deps.db),
    can_change: isAdmin(overOthers(caller)),
    now: deps.now().toISOString(),
  });

  router.get('/', async (_req, res) => {
    res.json(await state(callerOf(res)));
  });

  router.post('/', async (req, res) => {
    const caller = callerOf(res);
    const { reason } = parseBody(freezeBodySchema, req);
    await requireAdmin(deps.db, caller, 'freeze');
    await runChecked(deps.db, sql`freeze_grants(${caller.person.subject}, ${reason})`);
    res.json(await state(caller));
  });

  router.post('/lift', async (_req, res) => {
    const caller = callerOf(res);
    await requireAdmin(deps.db, caller, 'lift freeze');
    await deps.db.transaction().execute(async (trx) => {
      const lifted = await runChecked<boolean>(trx, sql`lift_freeze(${caller.person.subject})`);
      // What policy grants at once was refused meanwhile and waits for nobody: it is tried again.
      if (lifted) await releaseAfterFreeze(trx);
    });
    res.json(await state(caller));
  });

  return router;
}
