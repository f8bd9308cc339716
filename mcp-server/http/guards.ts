import { validateHostHeader } from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
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
export const openCors: RequestHandler = (request, response, next) => {
  response.set({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After',
  });
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response.set({
    'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
    // The wildcard does not cover Authorization (Fetch standard), so that one is named.
    'access-control-allow-headers': 'Authorization, *',
    'access-control-max-age': '600',
  });
  response.status(204).end();
};

/** What every answer carries. Answers hold what one caller may see, so no cache keeps them. */
export const answerHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  next();
};
