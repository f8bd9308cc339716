import { Router, type Express } from 'express';
import type { EventFeed } from '../activities/store/event-feed.ts';
import { dpopProofs } from '../activities/tokens/dpop-proof.ts';
import { auditRoutes } from './audit/routes.ts';
import { eventRoutes } from './events/routes.ts';
import { createViewLimits } from './events/view-limits.ts';
import type { PartChecks } from './health/part-checks.ts';
import { readinessHandler } from './health/readiness.ts';
import { createBaseApp, notFoundHandler } from './http/base-app.ts';
import { requireSameOrigin } from './http/browser-guard.ts';
import { trustProxies } from './http/client-address.ts';
import { methodGuard } from './http/method-guard.ts';
import { introspectionRoutes } from './introspection/routes.ts';
import { guardDevicePage, guessLimit } from './oauth/guess-limit.ts';
import { interactionRoutes } from './oauth/interactions.ts';
import { openEndpoints } from './oauth/open-endpoints.ts';
import type { OAuthDeps } from './oauth/options.ts';
import { createProvider } from './oauth/provider.ts';
import { publicJwk } from './oauth/public-jwk.ts';
import { addressLimit } from './oauth/address-limit.ts';
import { isProviderPath, oauthRoutes } from './oauth/routes.ts';
import { authServerRoutes } from './openapi/auth-server-routes.ts';
import { authServerDocument } from './openapi/routes.ts';
import { pageRoutes, pages } from './pages.ts';
import { policyRoutes } from './policy/routes.ts';
import { problemHandler } from './problems.ts';
import { accessTokenVerifier } from './sessions/access-tokens.ts';
import { authenticate, callerOf } from './sessions/authenticate.ts';
import { refusedTokenJournal } from './sessions/refused-tokens.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { createSignInLimit } from './sessions/sign-in-limit.ts';
import { userStatus } from './sessions/user-status.ts';
import { stepUpRoutes } from './step-up/routes.ts';
import { statsRoutes } from './stats/routes.ts';
import { toolRoutes } from './tools/routes.ts';

/** What the auth server's HTTP app is made of. */
export interface ApiAppDeps extends Omit<OAuthDeps, 'guesses'> {
  allowedHosts: readonly string[];
  /** Whose `X-Forwarded-For` counts; nobody's unless named. */
  trustedProxies?: readonly string[];
  feed: EventFeed;
  webRoot: string;
  demoMode: boolean;
  /** What `/readyz` looks at. */
  checks: PartChecks;
  /** Resources of the API, mounted under `/api` behind the browser guard and `authenticate`. */
  resources: Router;
}

/** The auth server (8002): sign-in, OAuth, the API and the dashboard. */
export function createApiApp(deps: ApiAppDeps): Express {
  const { origin } = new URL(deps.issuer);
  const app = createBaseApp({
    logger: deps.logger,
    server: 'auth',
    allowedHosts: deps.allowedHosts,
    publicUrl: deps.issuer,
    formTargets: [new URL(deps.chatUrl).origin],
    // The provider reads its own bodies.
    leavesBodyAlone: isProviderPath,
  });
  trustProxies(app, deps.trustedProxies ?? []);
  const verifyToken = accessTokenVerifier({
    issuer: deps.issuer,
    audience: deps.apiResource,
    baseKey: publicJwk(deps.basePrivateJwk),
    mintKey: publicJwk(deps.mintPublicJwk),
    now: deps.now,
    onRefused: refusedTokenJournal(deps),
  });
  const checkProof = dpopProofs(deps.now);
  const guesses = guessLimit(deps.sessions);
  const provider = createProvider({ ...deps, guesses });
  const answerOAuth = provider.callback();

  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', readinessHandler(deps.checks, deps));
  app.use(authServerDocument({ url: origin, cookie: deps.sessions.cookieName }));
  app.use(sessionRoutes({ ...deps, origin, verifyToken, checkProof, limit: createSignInLimit() }));
  app.use(pageRoutes(deps));
  app.use(interactionRoutes(provider, { ...deps, origin }));

  const api = Router();
  api.use(requireSameOrigin(origin), authenticate({ ...deps, verifyToken, checkProof }));
  api.get('/user-status', async (_request, response) => {
    response.json(await userStatus(deps, callerOf(response)));
  });
  api.use(eventRoutes({ ...deps, limits: createViewLimits() }));
  api.use(auditRoutes(deps), policyRoutes(deps), statsRoutes(deps), toolRoutes(deps));
  api.use(stepUpRoutes(provider, deps));
  api.use(deps.resources);
  app.use('/api', api);

  app.use(openEndpoints);
  app.post(oauthRoutes.registration, addressLimit('registrations'));
  app.use(oauthRoutes.authorization, addressLimit('sign-ins'));
  app.post(oauthRoutes.device_authorization, addressLimit('devices'));
  app.use(oauthRoutes.code_verification, ...guardDevicePage({ ...deps, guesses, origin }));
  app.use(introspectionRoutes(deps));
  app.use((request, response, next) => {
    if (!isProviderPath(request.path)) {
      next();
      return;
    }
    // It would take its own addresses from there, and who is answered to is said by `Host` alone.
    delete request.headers['x-forwarded-host'];
    void answerOAuth(request, response);
  });
  app.use(methodGuard([...authServerRoutes, ...pages]), notFoundHandler, problemHandler(deps.logger));
  return app;
}
