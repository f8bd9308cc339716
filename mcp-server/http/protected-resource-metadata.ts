import { Router } from 'express';
import type { Log } from '../ports.ts';
import { openCors } from './guards.ts';
import { sendProblem } from './send-problem.ts';

const wellKnown = '/.well-known/oauth-protected-resource';

/** A resource server as clients get to know it. */
export interface ResourceDescription {
  /** Its identifier (RFC 8707): the address of its MCP endpoint. */
  resource: string;
  issuer: string;
  /** As people see it. */
  name: string;
  /** The scopes that its tools need; undefined tells none beforehand, so that clients ask when they need one. */
  scopes(): Promise<readonly string[] | undefined>;
}

/** Where the metadata is: clients try one or the other (RFC 9728 section 3.1). */
export function metadataPaths({ resource }: Pick<ResourceDescription, 'resource'>): string[] {
  const { pathname } = new URL(resource);
  return pathname === '/' ? [wellKnown] : [wellKnown, `${wellKnown}${pathname}`];
}

/** Serves the protected resource metadata (RFC 9728) from which clients learn where to sign in and for what scopes. */
export function protectedResourceMetadata(options: ResourceDescription & { logger: Log }): Router {
  const paths = metadataPaths(options);
  const router = Router();
  router.all(paths, openCors);
  router.get(paths, async (_request, response) => {
    try {
      const scopes = await options.scopes();
      response.json({
        resource: options.resource,
        authorization_servers: [options.issuer],
        ...(scopes === undefined ? {} : { scopes_supported: scopes }),
        bearer_methods_supported: ['header'],
        resource_name: options.name,
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
