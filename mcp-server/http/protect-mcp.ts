import { toNodeHandler } from '@modelcontextprotocol/node';
import { getOAuthProtectedResourceMetadataUrl, type McpHttpHandler } from '@modelcontextprotocol/server';
import { Router } from 'express';
import { answerRefusals } from '../auth/answer-refusals.ts';
import { authenticate } from '../auth/authenticate.ts';
import type { VerifiedToken } from '../auth/verify-access-token.ts';
import type { Authority, Log, RefusedTokens } from '../ports.ts';
import { openCors } from './guards.ts';
import { protectedResourceMetadata, type ResourceDescription } from './protected-resource-metadata.ts';

/** The largest request that is read. */
export const maxBodyBytes = 256 * 1024;

/** What stands between the network and an MCP handler. */
export interface Protection extends ResourceDescription {
  verify(token: string): Promise<VerifiedToken>;
  authority: Authority;
  refusals: RefusedTokens;
  logger: Log;
}

/**
 * Serves an MCP handler at the path of its resource identifier to bearers of good tokens alone, and beside it the metadata
 * by which clients find the authorization server. The handler's tools are to be registered with {@link registerTool}.
 */
export function protectMcp(protection: Protection, handler: McpHttpHandler): Router {
  const { authority, logger } = protection;
  const resource = new URL(protection.resource);
  const serve = toNodeHandler(answerRefusals(handler, authority), {
    maxRequestBodySize: maxBodyBytes,
    onerror: (error) => logger.error({ err: error }, 'MCP request failed'),
  });
  const router = Router();
  router.use(protectedResourceMetadata(protection));
  router.all(
    resource.pathname,
    openCors,
    authenticate({ ...protection, resource, resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource) }),
    (request, response) => serve(request, response),
  );
  return router;
}
