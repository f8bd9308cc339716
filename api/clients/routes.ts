import { Router } from 'express';
import {
  authorizationErrorsBodySchema,
  blockBodySchema,
  listClientsQuerySchema,
  nameBodySchema,
} from '../contract/clients.ts';
import { revokeBodySchema } from '../contract/grants.ts';
import { clientIdOf, parseBody, parseQuery } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { blockClient, nameClient, revokeHeldBy, setAuthorizationErrors, unblockClient } from './change-client.ts';
import { clientDetail, listClients, type ClientDeps } from './read-clients.ts';

/** OAuth clients: read, name, block, revoke. Expects an authenticated caller. */
export function clientRoutes(deps: ClientDeps): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    res.json(await listClients(deps, callerOf(res), parseQuery(listClientsQuerySchema, req)));
  });

  router.get('/:id', async (req, res) => {
    res.json(await clientDetail(deps, callerOf(res), clientIdOf(req)));
  });

  router.post('/:id/block', async (req, res) => {
    res.json(await blockClient(deps, callerOf(res), clientIdOf(req), parseBody(blockBodySchema, req)));
  });

  router.post('/:id/unblock', async (req, res) => {
    res.json(await unblockClient(deps, callerOf(res), clientIdOf(req)));
  });

  router.post('/:id/name', async (req, res) => {
    res.json(await nameClient(deps, callerOf(res), clientIdOf(req), parseBody(nameBodySchema, req).name));
  });

  router.post('/:id/authorization-errors', async (req, res) => {
    const { mode } = parseBody(authorizationErrorsBodySchema, req);
    res.json(await setAuthorizationErrors(deps, callerOf(res), clientIdOf(req), mode));
  });

  router.post('/:id/revoke-grants', async (req, res) => {
    res.json(await revokeHeldBy(deps, callerOf(res), clientIdOf(req), parseBody(revokeBodySchema, req).reason));
  });

  return router;
}
