import type { FetchLikeMcpHandler } from '@modelcontextprotocol/node';
import { problemResponse, uncheckable } from '../http/problem.ts';
import type { Authority, Log } from '../ports.ts';
import { inSchemeOf } from './challenge-scheme.ts';
import { withDecisions, type RequestDecisions } from './call-permits.ts';
import { recordNotRun, withLeftOver } from './record-left-over.ts';

/**
 * Gives each request of an MCP handler its own authorization decisions, and its answers the body that our clients
 * read: on 403 the OAuth error fields together with the structured authorization error, on a database that is away 503.
 * Where a request is refused, nothing of it has run; what had been allowed to is recorded as such, and so is what was
 * allowed to and did not run for another reason.
 */
export function answerRefusals(
  handler: FetchLikeMcpHandler,
  deps: { authority: Pick<Authority, 'audit'>; logger: Pick<Log, 'error'> },
): FetchLikeMcpHandler {
  return {
    fetch: async (request, options) => {
      const { result: response, made } = await withDecisions(() => handler.fetch(request, options));
      const problem = problemFor(made);
      if (problem === undefined && made.parked !== undefined && isJson(response))
        return parkedResponse(response, made.parked);
      if (problem === undefined && (response.status !== 403 || made.refusal === undefined))
        return withLeftOver(response, made, deps);
      if (made.unavailable !== true) await recordNotRun(deps, [...made.permits.values()]);
      if (problem !== undefined) {
        await response.body?.cancel();
        return problem;
      }
      const oauthError: unknown = await response.json();
      const headers = inSchemeOf(request.headers.get('authorization'), response.headers);
      headers.delete('content-length');
      return Response.json({ ...(oauthError as Record<string, unknown>), ...made.refusal }, { status: 403, headers });
    },
  };
}

function isJson(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/json') === true;
}

/** The one call of a request of the current revision has become a task. */
async function parkedResponse(response: Response, task: Readonly<Record<string, unknown>>): Promise<Response> {
  const answer = (await response.json()) as { result?: { _meta?: unknown } };
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const result = { ...task, _meta: answer.result?._meta };
  return Response.json({ ...answer, result }, { status: response.status, headers });
}

function problemFor({ invalid, unavailable }: RequestDecisions): Response | undefined {
  if (invalid !== undefined) return problemResponse('invalid_request', invalid);
  return unavailable === true ? uncheckable() : undefined;
}
