import { Router } from 'express';
import { callToolBodySchema } from '../contract/tools.ts';
import { parseBody, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { callTool, type ToolCallDeps } from './call-tool.ts';
import { toolDescriber } from './describe-tool.ts';

/** `GET /tools/{name}` and `POST /tools/{name}/call`. Expects an authenticated caller. */
export function toolCallRoutes(deps: ToolCallDeps): Router {
  const router = Router();
  const describe = toolDescriber(deps);
  router.get('/tools/:name', async (req, res) => {
    res.json(await describe(callerOf(res), pathId(req, 'name')));
  });
  router.post('/tools/:name/call', async (req, res) => {
    const { arguments: args } = parseBody(callToolBodySchema, req);
    res.json(await callTool(deps, callerOf(res), { name: pathId(req, 'name'), arguments: args }));
  });
  return router;
}
