import { Router } from 'express';
import { disableBodySchema, listPeopleQuerySchema } from '../contract/people.ts';
import { parseBody, parseQuery, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { disablePerson, enablePerson, type PeopleDeps } from './disable-person.ts';
import { endAllSignIns, endOneSignIn } from './end-sign-ins.ts';
import { listPeople, personDetail } from './read-people.ts';

/** Accounts: read, disable, enable, end sessions. Expects an authenticated caller. */
export function peopleRoutes(deps: PeopleDeps): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    res.json(await listPeople(deps, callerOf(res), parseQuery(listPeopleQuerySchema, req)));
  });

  router.get('/:id', async (req, res) => {
    res.json(await personDetail(deps, callerOf(res), pathId(req)));
  });

  router.post('/:id/disable', async (req, res) => {
    const { reason } = parseBody(disableBodySchema, req);
    res.json(await disablePerson(deps, callerOf(res), pathId(req), reason));
  });

  router.post('/:id/enable', async (req, res) => {
    res.json(await enablePerson(deps, callerOf(res), pathId(req)));
  });

  router.post('/:id/end-sessions', async (req, res) => {
    res.json(await endAllSignIns(deps, callerOf(res), pathId(req)));
  });

  router.post('/:id/sessions/:session/end', async (req, res) => {
    res.json(await endOneSignIn(deps, callerOf(res), pathId(req), pathId(req, 'session')));
  });

  return router;
}
