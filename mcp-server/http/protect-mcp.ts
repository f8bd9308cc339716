import { toNodeHandler } from '@modelcontextprotocol/node';
import { getOAuthProtectedResourceMetadataUrl, type McpHttpHandler } from '@modelcontextprotocol/server';
import { Router } from 'express';
import { answerRefusals } from '../auth/answer-refusals.ts';
import { authenticate } from '../auth/authenticate.ts';
import { bodyLimitOf } from '../auth/guarded-handler.ts';
import { letIn } from '../auth/let-in.ts';
import { openToPages } from './guards.ts';
import { protectedResourceMetadata } from './protected-resource-metadata.ts';
import type { Protection } from './protection.ts';

/** The largest request that is read. */
export const maxBodyBytes = 256 * 1024;

/**
 * Serves an MCP handler at the path of its resource identifier to bearers of good tokens alone, and beside it the metadata
 * by which clients find the authorization server.
 *
 * @throws {TypeError} for a handler that is not made by {@link guardedHandler}, and so would serve more than was judged
 */
export function protectMcp(protection: Protection, handler: McpHttpHandler): Router {
  const ownLimit = bodyLimitOf(handler);
  const { logger, toolScopes } = protection;
  const resource = new URL(protection.resource);
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource);
  const options = { ...protection, resourceMetadataUrl, toolScopes };
  const serve = toNodeHandler(letIn(answerRefusals(handler, protection), options), {
    maxRequestBodySize: Math.min(maxBodyBytes, ownLimit),
    onerror: (error) => logger.error({ err: error }, 'MCP request failed'),
  });
  const router = Router();
  router.use(protectedResourceMetadata(protection));
  router.all(
    resource.pathname,
    openToPages,
    authenticate({ ...protection, resource, resourceMetadataUrl }),
    // Where the application has read the body already, it is handed on.
    (request, response) => serve(request, response, request.body as unknown),
  );
  return router;
}
