import { Router } from 'express';
import { policyVersionsQuerySchema } from '../contract/policy.ts';
import { parseQuery } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { policyVersions, readPolicy, type PolicyDeps } from './policy.ts';

/** The policy, read. Expects an authenticated caller. */
export function policyRoutes(deps: PolicyDeps): Router {
  const router = Router();
  router.get('/policy', async (_req, res) => {
    res.json(await readPolicy(deps, callerOf(res)));
  });
  router.get('/policy/versions', async (req, res) => {
    res.json(await policyVersions(deps, callerOf(res), parseQuery(policyVersionsQuerySchema, req)));
  });
  return router;
}
