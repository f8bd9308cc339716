import type { Express } from 'express';
import { readinessHandler } from '../health/readiness.ts';
import { createBaseApp, notFoundHandler } from '../http/base-app.ts';
import { requireSameOrigin } from '../http/browser-guard.ts';
import { methodGuard, pagesAt } from '../http/method-guard.ts';
import { plainPageStyle } from '../http/plain-page.ts';
import { staticApp } from '../http/static-app.ts';
import { chatAppRoutes } from '../openapi/chat-routes.ts';
import { chatAppDocument } from '../openapi/routes.ts';
import { problemHandler } from '../problems.ts';
import { accessRoutes } from './access/routes.ts';
import { chatAuthRoutes } from './auth-routes.ts';
import { chatCookies } from './chat-cookie.ts';
import { chatRoutes } from './chat-routes.ts';
import { conversationRoutes } from './conversation-routes.ts';
import type { ChatDeps } from './deps.ts';

/** The chat app on its own port: JSON endpoints, sign-in, live events and the built web app. */
export function createChatApp(deps: ChatDeps): Express {
  const cookies = chatCookies(deps.publicUrl);
  const app = createBaseApp({
    logger: deps.logger,
    server: 'chat',
    allowedHosts: deps.allowedHosts,
    publicUrl: deps.publicUrl,
    formTargets: [new URL(deps.issuer).origin],
  });
  const web = staticApp(deps.webRoot);
  app.use(plainPageStyle());
  app.use('/auth', chatAuthRoutes(deps, cookies));
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', readinessHandler(deps.checks, deps));
  app.use(chatAppDocument({ url: new URL(deps.publicUrl).origin, cookie: cookies.signIn.name }));
  app.use('/assets', web.assets);
  app.get(['/', '/c/:sessionId', '/access'], web.page);
  app.use(
    requireSameOrigin(new URL(deps.publicUrl).origin),
    conversationRoutes(deps, cookies),
    chatRoutes(deps, cookies),
    accessRoutes(deps, cookies),
  );
  app.use(
    methodGuard([...chatAppRoutes, ...pagesAt('/', '/c/{sessionId}', '/access', '/plain-page.css')]),
    notFoundHandler,
  );
  app.use(problemHandler(deps.logger));
  return app;
}
