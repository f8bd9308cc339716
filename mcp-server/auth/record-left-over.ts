import type { Authority, Log } from '../ports.ts';
import { callEntry } from './call-entry.ts';
import { leaveUntaken, type CallPermit, type RequestDecisions } from './call-permits.ts';

/** Records of calls that were let begin, and that nobody has run, that they did not run (RULES 25). */
export async function recordNotRun(authority: Pick<Authority, 'audit'>, permits: readonly CallPermit[]): Promise<void> {
  for (const permit of permits) {
    if (permit.grantId !== undefined && (await permit.begun)) {
      const entry = callEntry('tool.finished', permit, { outcome: 'not_run' });
      await authority.audit({ token: permit.caller.token(), entry, synced: !permit.synced });
    }
  }
}

/**
 * The same for what is left over once a request is answered, such as calls whose arguments do not fit their tool. Those of a
 * stream may run until it ends, and not after.
 */
export async function withLeftOver(
  response: Response,
  made: RequestDecisions,
  { authority, logger }: { authority: Pick<Authority, 'audit'>; logger: Pick<Log, 'error'> },
): Promise<Response> {
  const record = async (): Promise<void> => {
    try {
      await recordNotRun(authority, leaveUntaken(made));
    } catch (error) {
      logger.error({ err: error }, 'a call that did not run could not be recorded');
    }
  };
  if (made.permits.size === made.taken.size) return response;
  if (response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    await record();
    return response;
  }
  const { status, headers } = response;
  return new Response(response.body.pipeThrough(new TransformStream({ flush: record, cancel: record })), {
    status,
    headers,
  });
}
