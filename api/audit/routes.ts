import { Router } from 'express';
import { auditQuerySchema } from '../contract/audit.ts';
import { parseQuery } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { auditPage, type AuditDeps } from './list-audit.ts';

/** `GET /audit`. Expects an authenticated caller. */
export function auditRoutes(deps: AuditDeps): Router {
  const router = Router();
  router.get('/audit', async (req, res) => {
    res.json(await auditPage(deps, callerOf(res), parseQuery(auditQuerySchema, req)));
  });
  return router;
}
