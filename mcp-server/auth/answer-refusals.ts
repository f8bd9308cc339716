import type { FetchLikeMcpHandler } from '@modelcontextprotocol/node';
import { problemOf } from '../http/problem.ts';
import { withDecisions } from './call-permits.ts';

/**
 * Gives each request of an MCP handler its own authorization decisions, and its answers the body that our clients
 * read: on 403 the OAuth error fields together with the structured authorization error, on a database that is away 503.
 */
export function answerRefusals(handler: FetchLikeMcpHandler): FetchLikeMcpHandler {
  return {
    fetch: async (request, options) => {
      const { result: response, refusal, unavailable } = await withDecisions(() => handler.fetch(request, options));
      if (unavailable) {
        await response.body?.cancel();
        const problem = problemOf(
          'temporarily_unavailable',
          'The server cannot check authorizations right now. Try again in a few seconds.',
        );
        return Response.json(problem.body, { status: problem.status, headers: problem.headers });
      }
      if (response.status !== 403 || refusal === undefined) return response;
      const oauthError: unknown = await response.json();
      const headers = new Headers(response.headers);
      headers.delete('content-length');
      return Response.json({ ...(oauthError as Record<string, unknown>), ...refusal }, { status: 403, headers });
    },
  };
}
