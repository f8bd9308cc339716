import type { RequestHandler } from 'express';
import { oauthRoutes } from './routes.ts';

/** What pages of any origin may ask, such as MCP clients that run in a browser: none of it reads a cookie (RULES 6). */
const openPaths: ReadonlyMap<string, 'GET' | 'POST'> = new Map([
  ['/.well-known/oauth-authorization-server', 'GET'],
  ['/.well-known/openid-configuration', 'GET'],
  [oauthRoutes.jwks, 'GET'],
  [oauthRoutes.registration, 'POST'],
  [oauthRoutes.token, 'POST'],
  [oauthRoutes.revocation, 'POST'],
  [oauthRoutes.device_authorization, 'POST'],
]);

/**
 * Cross-origin access (the Fetch standard's CORS protocol) to exactly these endpoints: for any origin, never with
 * credentials. Everything else of this server has none, so that no page of another origin reads an answer.
 */
export const openCors: RequestHandler = (request, response, next) => {
  const method = openPaths.get(request.path);
  if (method === undefined) {
    next();
    return;
  }
  response.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'WWW-Authenticate, DPoP-Nonce, Retry-After',
  });
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response.set({
    'Access-Control-Allow-Methods': `${method}, OPTIONS`,
    // The wildcard does not cover Authorization (Fetch standard), so that one is named.
    'Access-Control-Allow-Headers': 'Authorization, *',
    'Access-Control-Max-Age': '600',
  });
  response.status(204).end();
};
