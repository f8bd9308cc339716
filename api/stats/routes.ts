import { Router } from 'express';
import { callerOf } from '../sessions/authenticate.ts';
import { stats, type StatsDeps } from './stats.ts';

/** `GET /stats`. Expects an authenticated caller. */
export function statsRoutes(deps: StatsDeps): Router {
  const router = Router();
  router.get('/stats', async (_req, res) => {
    res.json(await stats(deps, callerOf(res)));
  });
  return router;
}
