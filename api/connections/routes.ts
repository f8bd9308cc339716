import { Router } from 'express';
import { clientIdOf } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { disconnectClient, listConnections, type ConnectionDeps } from './own-connections.ts';

/** The clients that the caller lets act for them. Expects an authenticated caller. */
export function connectionRoutes(deps: ConnectionDeps): Router {
  const router = Router();

  router.get('/', async (_request, response) => {
    response.json(await listConnections(deps, callerOf(response)));
  });

  router.post('/:id/disconnect', async (request, response) => {
    response.json(await disconnectClient(deps, callerOf(response), clientIdOf(request)));
  });

  return router;
}
