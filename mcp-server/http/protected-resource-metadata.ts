import { Router } from 'express';
import type { McpServerOptions } from '../options.ts';
import { openCors } from './guards.ts';
import { sendProblem } from './send-problem.ts';

const wellKnown = '/.well-known/oauth-protected-resource';

/** Where the metadata is: clients try one or the other (RFC 9728 section 3.1). */
export function metadataPaths({ resource }: Pick<McpServerOptions, 'resource'>): string[] {
  return [wellKnown, `${wellKnown}${new URL(resource).pathname}`];
}

/** Serves the protected resource metadata (RFC 9728) from which clients learn where to sign in and for what scopes. */
export function protectedResourceMetadata(
  options: Pick<McpServerOptions, 'resource' | 'issuer' | 'authority' | 'logger'>,
): Router {
  const paths = metadataPaths(options);
  const router = Router();
  router.all(paths, openCors);
  router.get(paths, async (_request, response) => {
    try {
      const { scopes } = await options.authority.policy();
      response.json({
        resource: options.resource,
        authorization_servers: [options.issuer],
        scopes_supported: Object.entries(scopes).flatMap(([scope, policy]) =>
          policy.resource === 'mcp' ? [scope] : [],
        ),
        bearer_methods_supported: ['header'],
        resource_name: 'Countersign tools',
      });
    } catch (error) {
      options.logger.error({ err: error }, 'the policy could not be read');
      sendProblem(
        response,
        'temporarily_unavailable',
        'The metadata cannot be read right now. Try again in a few seconds.',
      );
    }
  });
  return router;
}
