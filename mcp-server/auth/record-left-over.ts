import type { Authority, Log } from '../ports.ts';
import { callEntry } from './call-entry.ts';
import { leaveUntaken, type CallPermit, type RequestDecisions } from './call-permits.ts';

/** What {@link recordNotRun} needs. */
interface Recording {
  authority: Pick<Authority, 'audit'>;
  logger: Pick<Log, 'error'>;
}

/**
 * Records of calls that were let begin, and that nobody has run, that they did not run (RULES 25). What cannot be
 * recorded of one is logged, and keeps none of the others from it.
 */
export async function recordNotRun({ authority, logger }: Recording, permits: readonly CallPermit[]): Promise<void> {
  for (const permit of permits) {
    try {
      if (permit.grantId === undefined || !(await permit.begun)) continue;
      const entry = callEntry('tool.finished', permit, { outcome: 'not_run' });
      await authority.audit({ token: permit.caller.token(), entry, synced: !permit.synced });
    } catch (error) {
      logger.error({ err: error, tool: permit.toolName }, 'a call that did not run could not be recorded');
    }
  }
}

/**
 * The same for what is left over once a request is answered, such as calls whose arguments do not fit their tool. Those of a
 * stream may run until it ends, and not after.
 */
export async function withLeftOver(response: Response, made: RequestDecisions, deps: Recording): Promise<Response> {
  const record = (): Promise<void> => recordNotRun(deps, leaveUntaken(made));
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
