import { Router } from 'express';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { listGrantsQuerySchema, revocationsBodySchema, revokeBodySchema } from '../contract/grants.ts';
import { parseBody, parseQuery, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { grantDetail } from './grant-detail.ts';
import { listGrants } from './list-grants.ts';
import { returnGrant } from './return-grant.ts';
import { revokeGrant } from './revoke-grant.ts';
import { revokeMany } from './revoke-many.ts';

/** Grants: read, revoke, hand back. Expects an authenticated caller. */
export function grantRoutes(deps: ApprovalDeps): Router {
  const router = Router();

  router.get('/grants', async (req, res) => {
    res.json(await listGrants(deps, callerOf(res), parseQuery(listGrantsQuerySchema, req)));
  });

  router.get('/grants/:id', async (req, res) => {
    res.json(await grantDetail(deps, callerOf(res), pathId(req)));
  });

  router.post('/grants/:id/revoke', async (req, res) => {
    const { reason } = parseBody(revokeBodySchema, req);
    res.json(await revokeGrant(deps, callerOf(res), pathId(req), reason));
  });

  router.post('/grants/:id/return', async (req, res) => {
    res.json(await returnGrant(deps, callerOf(res), pathId(req)));
  });

  router.post('/revocations', async (req, res) => {
    res.json(await revokeMany(deps, callerOf(res), parseBody(revocationsBodySchema, req)));
  });

  return router;
}
