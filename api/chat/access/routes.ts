import { Router } from 'express';
import { accessGrantsQuerySchema, accessRequestsQuerySchema, askAheadSchema } from '../../contract/access.ts';
import { upgradeScopeResponseSchema } from '../../contract/scope-requests.ts';
import { clientIdOf, parseBody, parseQuery, pathId } from '../../http/parse.ts';
import { chatCaller } from '../chat-caller.ts';
import type { ChatCookies } from '../chat-cookie.ts';
import type { ChatDeps } from '../deps.ts';
import { unwrap } from '../unwrap-answer.ts';
import { withoutToken } from '../without-token.ts';
import { ownCalls } from './own-calls.ts';
import { ownGrants } from './own-grants.ts';
import { ownScopes } from './own-scopes.ts';

/**
 * The person's own view of their access: what they hold, what ran under it, what they asked for. Reading is by this
 * app's own caller; what changes something is asked of the auth server as the person (RULES 8, 9).
 */
export function accessRoutes(deps: ChatDeps, cookies: ChatCookies): Router {
  const router = Router();

  router.get('/api/access/scopes', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    response.json(await ownScopes(deps, person));
  });

  router.get('/api/access/grants', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    response.json(await ownGrants(deps, person.subject, parseQuery(accessGrantsQuerySchema, request)));
  });

  router.get('/api/access/grants/:id/calls', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    response.json(await ownCalls(deps, person.subject, pathId(request)));
  });

  router.post('/api/access/grants/:id/return', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const path = `/api/grants/${pathId(request)}/return`;
    response.json(unwrap(await deps.authServer.ask(person.subject, 'POST', path)).body);
  });

  router.get('/api/access/requests', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const { cursor, limit } = parseQuery(accessRequestsQuerySchema, request);
    const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
    const answer = await deps.authServer.ask(person.subject, 'GET', `/api/requests?${query.toString()}`);
    response.json(unwrap(answer).body);
  });

  router.post('/api/access/requests', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const { scopes, justification, duration_seconds } = parseBody(askAheadSchema, request);
    const answer = await deps.authServer.ask(person.subject, 'POST', '/api/upgrade-scope', {
      scopes,
      ...(justification === undefined || justification === '' ? {} : { justification }),
      ...(duration_seconds === undefined ? {} : { duration_seconds }),
    });
    response.json(withoutToken(upgradeScopeResponseSchema.parse(unwrap(answer).body)));
  });

  router.post('/api/access/requests/:id/cancel', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const path = `/api/requests/${pathId(request)}/cancel`;
    const answer = unwrap(await deps.authServer.ask(person.subject, 'POST', path));
    response.status(answer.status).json(answer.body);
  });

  router.get('/api/access/connections', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    response.json(unwrap(await deps.authServer.ask(person.subject, 'GET', '/api/connections')).body);
  });

  router.post('/api/access/connections/:id/disconnect', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const path = `/api/connections/${encodeURIComponent(clientIdOf(request))}/disconnect`;
    response.json(unwrap(await deps.authServer.ask(person.subject, 'POST', path)).body);
  });

  return router;
}
