import { Router } from 'express';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { listGrantsQuerySchema, revokeBodySchema } from '../contract/grants.ts';
import { parseBody, parseQuery, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { listGrants, revokeGrant } from './grants.ts';
import { returnGrant } from './return-grant.ts';

/** Grants: read, revoke, hand back. Expects an authenticated caller. */
export function grantRoutes(deps: ApprovalDeps): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    res.json(await listGrants(deps, callerOf(res), parseQuery(listGrantsQuerySchema, req)));
  });

  router.post('/:id/revoke', async (req, res) => {
    const { reason } = parseBody(revokeBodySchema, req);
    res.json(await revokeGrant(deps, callerOf(res), pathId(req, 'id'), reason));
  });

  router.post('/:id/return', async (req, res) => {
    res.json(await returnGrant(deps, callerOf(res), pathId(req, 'id')));
  });

  return router;
}
