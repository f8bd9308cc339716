import { Router } from 'express';
import { listToolsQuerySchema } from '../contract/tools.ts';
import { parseQuery } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { listTools, type ToolsDeps } from './list-tools.ts';

/** `GET /tools`. Expects an authenticated caller. */
export function toolRoutes(deps: ToolsDeps): Router {
  const router = Router();
  router.get('/tools', async (req, res) => {
    res.json(await listTools(deps, callerOf(res), parseQuery(listToolsQuerySchema, req)));
  });
  return router;
}
