import { Router } from 'express';
import { callToolBodySchema } from '../contract/tools.ts';
import { parseBody, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { callTool, type ToolCallDeps } from './call-tool.ts';

/** `POST /tools/{name}/call`. Expects an authenticated caller. */
export function toolCallRoutes(deps: ToolCallDeps): Router {
  const router = Router();
  router.post('/tools/:name/call', async (req, res) => {
    const { arguments: args } = parseBody(callToolBodySchema, req);
    res.json(await callTool(deps, callerOf(res), { name: pathId(req, 'name'), arguments: args }));
  });
  return router;
}
