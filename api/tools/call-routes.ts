import { Router } from 'express';
import { callToolBodySchema } from '../contract/tools.ts';
import { createStreamLimit } from '../events/stream-limit.ts';
import { parseBody, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { callTool, type ToolCallDeps } from './call-tool.ts';
import { toolDescriber } from './describe-tool.ts';

/** Calls of one person at the same time: a page makes one, and nobody may fill the tool server alone. */
const mostCalls = 8;

/** `GET /tools/{name}` and `POST /tools/{name}/call`. Expects an authenticated caller. */
export function toolCallRoutes(deps: ToolCallDeps): Router {
  const router = Router();
  const describe = toolDescriber(deps);
  const running = createStreamLimit(mostCalls, 'Too many of your calls are running. Wait until one has ended.');
  router.get('/tools/:name', async (req, res) => {
    res.json(await describe(callerOf(res), pathId(req, 'name')));
  });
  router.post('/tools/:name/call', async (req, res) => {
    const { arguments: args } = parseBody(callToolBodySchema, req);
    const caller = callerOf(res);
    const leave = running.enter(caller.person.subject);
    try {
      res.json(await callTool(deps, caller, { name: pathId(req, 'name'), arguments: args }));
    } finally {
      leave();
    }
  });
  return router;
}
