import type { RequestHandler } from 'express';
import { openCors } from '../../activities/http/open-cors.ts';
import { oauthRoutes } from './routes.ts';

const exposedHeaders = ['WWW-Authenticate', 'Retry-After'];
const reading = openCors({ methods: ['GET'], exposedHeaders });
const posting = openCors({ methods: ['POST'], exposedHeaders });

/** What pages of any origin may ask, such as MCP clients that run in a browser: none of it reads a cookie (RULES 6). */
const openPaths: ReadonlyMap<string, RequestHandler> = new Map([
  ['/.well-known/oauth-authorization-server', reading],
  ['/.well-known/openid-configuration', reading],
  [oauthRoutes.jwks, reading],
  [oauthRoutes.registration, posting],
  [oauthRoutes.token, posting],
  [oauthRoutes.revocation, posting],
  [oauthRoutes.device_authorization, posting],
]);

/**
 * Opens exactly these endpoints to pages of any origin. Everything else of this server has no cross-origin access, so that
 * no page of another origin reads an answer.
 */
export const openEndpoints: RequestHandler = (request, response, next) => {
  const open = openPaths.get(request.path);
  if (open === undefined) next();
  else void open(request, response, next);
};
