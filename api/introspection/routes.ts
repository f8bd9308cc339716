import express, { Router, type Request, type Response } from 'express';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { checkResourceServer, type ResourceServer } from '../../activities/store/resource-servers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { identifierOf } from '../../workflows/domain/resources.ts';
import { introspectBodySchema } from '../contract/introspection.ts';
import { clientNetwork } from '../http/client-address.ts';
import { secondsToWait } from '../http/seconds-to-wait.ts';
import { publicJwk } from '../oauth/public-jwk.ts';
import { introspectionRoute } from '../oauth/routes.ts';
import { refusedTokenJournal } from '../sessions/refused-tokens.ts';
import { readClientCredentials, refused } from './client-credentials.ts';
import { introspect, refuseForeignScope, type IntrospectDeps } from './introspect.ts';
import { oauthErrors, TooMany } from './oauth-errors.ts';
import { tokenReader } from './verify-token.ts';

/** How often may be asked, in so many seconds. */
const limits = {
  /** By one resource server: several times for each of its calls. */
  questions: { points: 20_000, duration: 10 },
  /** With wrong credentials, from one address. */
  mistakes: { points: 30, duration: 60 },
};

/** Token introspection (RFC 7662) for the resource servers that policy lists, of tokens for themselves only. */
export function introspectionRoutes(
  deps: IntrospectDeps & {
    mcpResource: string;
    apiResource: string;
    basePrivateJwk: JWK;
    mintPublicJwk: JWK;
    logger: Logger;
  },
  { questions, mistakes } = limits,
): Router {
  const own = { mcp: deps.mcpResource, api: deps.apiResource };
  const readToken = tokenReader({
    ...deps,
    baseKey: publicJwk(deps.basePrivateJwk),
    mintKey: publicJwk(deps.mintPublicJwk),
  });
  const journal = refusedTokenJournal(deps);
  const [asking, mistaken] = [new RateLimiterMemory(questions), new RateLimiterMemory(mistakes)];

  const authenticated = async (request: Request): Promise<{ server: ResourceServer; policy: Policy }> => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    const given = readClientCredentials(request.headers.authorization, body);
    const found = await checkResourceServer(deps.db, given);
    if (found === undefined) throw refused();
    const seconds = await secondsToWait(asking, found.server.client_id);
    if (seconds !== undefined) throw new TooMany(seconds);
    return found;
  };

  const router = Router();
  router.post(
    introspectionRoute,
    express.urlencoded({ extended: false, limit: '16kb', inflate: false, parameterLimit: 20 }),
    async (request: Request, response: Response) => {
      const { server, policy } = await authenticated(request).catch(async (error: unknown) => {
        if (!(error instanceof DomainError) || error.code !== 'invalid_credentials') throw error;
        await journal('wrong credentials of a resource server');
        const seconds = await secondsToWait(mistaken, clientNetwork(request));
        throw seconds === undefined ? error : new TooMany(seconds);
      });
      const asked = introspectBodySchema.safeParse(request.body);
      if (!asked.success) {
        const names = [...new Set(asked.error.issues.map(({ path }) => String(path[0])))].sort();
        throw new DomainError('invalid_request', `missing, given twice or not usable: ${names.join(', ')}`);
      }
      refuseForeignScope(policy, server, asked.data.tool_scope);
      const audience = identifierOf(own, policy, server.resource);
      if (audience === undefined) {
        deps.logger.warn({ resource: server.resource }, 'a resource server asks whose resource is not in the policy');
      }
      const token = audience === undefined ? undefined : await readToken(asked.data.token, audience);
      const answer = token === undefined ? { active: false } : await introspect(deps, server, token, asked.data);
      response.set('cache-control', 'no-store').json(answer);
    },
  );
  router.all(introspectionRoute, (_request, response) => {
    response.status(405).set('allow', 'POST').json({ error: 'invalid_request', error_description: 'use POST' });
  });
  router.use(introspectionRoute, oauthErrors(deps.logger));
  return router;
}
