import { Router } from 'express';
import type { McpServerOptions } from '../options.ts';
import { openCors } from './guards.ts';
import { sendProblem } from './send-problem.ts';

/** Serves the protected resource metadata (RFC 9728) from which clients learn where to sign in and for what scopes. */
export function protectedResourceMetadata(
  options: Pick<McpServerOptions, 'resource' | 'issuer' | 'authority' | 'logger'>,
): Router {
  const { pathname } = new URL(options.resource);
  const wellKnown = '/.well-known/oauth-protected-resource';
  const router = Router();
  router.all([wellKnown, `${wellKnown}${pathname}`], openCors);
  router.get([wellKnown, `${wellKnown}${pathname}`], async (_request, response) => {
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
