/**
 * `countersign/express`: puts a resource server in front of an MCP handler.
 *
 * @module
 */
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Router, type Request, type Response } from 'express';
import { answerHeaders, hostGuard } from './http/guards.ts';
import { protectMcp } from './http/protect-mcp.ts';
import { metadataPaths } from './http/protected-resource-metadata.ts';
import type { ResourceServer } from './mcp.ts';

/** Express middleware, told without Express' own types, which need not be installed. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Express middleware that serves an MCP handler at the path of the resource identifier:
 *
 * - a request without a good token is 401 with a challenge that leads clients to the authorization server (RFC 9728),
 * - a call whose scope is not held is 403 `insufficient_scope`, naming what is held and what is needed,
 * - while the authorization server is away the answer is 503, so that clients keep their tokens,
 * - a request for another host name is 421.
 *
 * All other paths are left to the application.
 *
 * @param handler made by `handler` of the resource server, which refuses what was not registered with a scope
 * @param options.allowedHosts host names, without port, under which the server may be addressed; without them that of the
 * identifier, and all names of this computer when it is one of them.
 */
export function protect(
  { protection }: ResourceServer,
  handler: McpHttpHandler,
  options: { allowedHosts?: readonly string[] } = {},
): Middleware {
  const { hostname, pathname } = new URL(protection.resource);
  const own = loopbackNames.includes(hostname) ? loopbackNames : [hostname];
  const router: Router = Router();
  router.use([pathname, ...metadataPaths(protection)], answerHeaders, hostGuard(options.allowedHosts ?? own));
  router.use(protectMcp(protection, handler));
  return (request, response, next) => {
    router(request as Request, response as Response, next);
  };
}
