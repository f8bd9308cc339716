import { validateHostHeader } from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
import { openCors } from '../../activities/http/open-cors.ts';
import { sendProblem } from './send-problem.ts';

/** Refuses requests that were addressed to another name, as a page that rebinds DNS makes them (RULES 7). */
export function hostGuard(allowedHosts: readonly string[]): RequestHandler {
  const allowed = [...allowedHosts];
  return (request, response, next) => {
    if (validateHostHeader(request.headers.host, allowed).ok) next();
    else sendProblem(response, 'wrong_host', 'This server does not answer under that host name.');
  };
}

/** Browsers on any site may call: no cookie is read here, the token is the only credential (RULES 6). */
export const openToPages = openCors({
  methods: ['GET', 'POST', 'DELETE'],
  exposedHeaders: ['WWW-Authenticate', 'Mcp-Session-Id', 'MCP-Protocol-Version', 'Retry-After'],
});

/** What every answer carries. Answers hold what one caller may see, so no cache keeps them; none of them is a page. */
export const answerHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-frame-options': 'DENY',
  });
  next();
};

/** Comes after the routes: what is only read is 405 to any other method, with the methods that there are. */
export function otherMethods(paths: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (!paths.includes(request.path) || request.method === 'GET' || request.method === 'HEAD') {
      next();
      return;
    }
    response.set('allow', 'GET, HEAD');
    sendProblem(response, 'method_not_allowed', 'This address answers to GET and HEAD only.');
  };
}
