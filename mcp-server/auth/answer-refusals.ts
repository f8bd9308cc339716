import type { FetchLikeMcpHandler } from '@modelcontextprotocol/node';
import { problemOf } from '../http/problem.ts';
import type { Authority } from '../ports.ts';
import { callEntry } from './call-entry.ts';
import { inSchemeOf } from './challenge-scheme.ts';
import { withDecisions, type RequestDecisions } from './call-permits.ts';

/**
 * Gives each request of an MCP handler its own authorization decisions, and its answers the body that our clients
 * read: on 403 the OAuth error fields together with the structured authorization error, on a database that is away 503.
 * Where a request is refused, nothing of it has run; what had been allowed to is recorded as such.
 */
export function answerRefusals(handler: FetchLikeMcpHandler, authority: Pick<Authority, 'audit'>): FetchLikeMcpHandler {
  return {
    fetch: async (request, options) => {
      const { result: response, made } = await withDecisions(() => handler.fetch(request, options));
      const problem = problemFor(made);
      if (problem === undefined && made.parked !== undefined && isJson(response))
        return parkedResponse(response, made.parked);
      if (problem === undefined && (response.status !== 403 || made.refusal === undefined)) return response;
      if (made.unavailable !== true) await recordNotRun(authority, made);
      if (problem !== undefined) {
        await response.body?.cancel();
        return Response.json(problem.body, { status: problem.status, headers: problem.headers });
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

async function recordNotRun(authority: Pick<Authority, 'audit'>, { permits }: RequestDecisions): Promise<void> {
  for (const permit of permits.values()) {
    if (permit.grantId !== undefined && (await permit.begun)) {
      const entry = callEntry('tool.finished', permit, { outcome: 'not_run' });
      await authority.audit({ token: permit.caller.token(), entry, synced: !permit.synced });
    }
  }
}

function problemFor({ invalid, unavailable }: RequestDecisions): ReturnType<typeof problemOf> | undefined {
  if (invalid !== undefined) return problemOf('invalid_request', invalid);
  if (unavailable === true) {
    return problemOf(
      'temporarily_unavailable',
      'The server cannot check authorizations right now. Try again in a few seconds.',
    );
  }
  return undefined;
}
