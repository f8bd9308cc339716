import { Router } from 'express';
import { authServerRoutes } from './auth-server-routes.ts';
import { chatAppRoutes } from './chat-routes.ts';
import { openApiDocument, type DocumentOptions } from './document.ts';

/** `GET /api/openapi.json` of the auth server, open to everybody. */
export function authServerDocument(options: { url: string; cookie: string }): Router {
  return documentRoutes({
    ...options,
    title: 'Countersign: authorization server',
    description:
      'Requests, grants and their decisions, for browsers signed in here and for OAuth clients. OAuth’s own endpoints are described by /.well-known/oauth-authorization-server.',
    bearer: true,
    routes: authServerRoutes,
  });
}

/** `GET /api/openapi.json` of the chat app, open to everybody. */
export function chatAppDocument(options: { url: string; cookie: string }): Router {
  return documentRoutes({
    ...options,
    title: 'Countersign: chat app',
    description: 'Conversations with the agent, for browsers signed in here.',
    bearer: false,
    routes: chatAppRoutes,
  });
}

function documentRoutes(options: DocumentOptions): Router {
  // Made at the first question: starting does not wait for it.
  let text: string | undefined;
  const router = Router();
  router.get('/api/openapi.json', (_request, response) => {
    text ??= JSON.stringify(openApiDocument(options));
    response.setHeader('Cache-Control', 'no-cache');
    response.type('json').send(text);
  });
  return router;
}
