import { Router } from 'express';
import { dpopAlgorithms } from '../../activities/tokens/dpop-proof.ts';
import { openToPages } from './guards.ts';
import type { ResourceDescription } from './protection.ts';

/** What a client needs to sign in and be told by each tool what that one needs. */
export const leastScopes = ['none'];

const wellKnown = '/.well-known/oauth-protected-resource';

/** Where the metadata is: clients try one or the other (RFC 9728 section 3.1). */
export function metadataPaths({ resource }: Pick<ResourceDescription, 'resource'>): string[] {
  const { pathname } = new URL(resource);
  return pathname === '/' ? [wellKnown] : [wellKnown, `${wellKnown}${pathname}`];
}

/**
 * Serves the protected resource metadata (RFC 9728) from which clients learn where to sign in, and with what: the least
 * that there is. Some ask at sign-in for every scope that is named here, whatever the challenge says, and would wait for
 * people to approve them all before the first call (MCP security best practices, scope minimization).
 */
export function protectedResourceMetadata(options: ResourceDescription): Router {
  const paths = metadataPaths(options);
  const router = Router();
  router.all(paths, openToPages);
  router.get(paths, (_request, response) => {
    response.json({
      resource: options.resource,
      authorization_servers: [options.issuer],
      scopes_supported: leastScopes,
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: dpopAlgorithms,
      dpop_bound_access_tokens_required: false,
      resource_name: options.name,
    });
  });
  return router;
}
