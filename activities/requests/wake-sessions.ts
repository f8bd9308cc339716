import type { Client } from '@temporalio/client';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { chatSessionWorkflowId, scopeResolvedSignal } from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import type { Db } from '../store/connect.ts';
import { findGrant, heldScopes } from '../store/grants.ts';
import { releaseParkedCalls } from '../store/tool-calls.ts';

/** What waking conversations takes. */
export interface WakeDeps {
  db: Db;
  client: Client;
  now: () => Date;
}

/**
 * A grant releases every parked call of that person and client whose scopes and binding it satisfies (RULES 21); each
 * conversation is woken, started again if it had ended (RULES 22).
 */
export async function releaseCalls(
  deps: WakeDeps,
  input: { requestId: string; grantId: string },
): Promise<{ woken: number }> {
  const grant = await findGrant(deps.db, input.grantId);
  if (grant?.client_id !== chatClientId) return { woken: 0 };
  const holder = { subject: grant.subject, clientId: grant.client_id };
  const now = deps.now();
  const scopes = await heldScopes(
    deps.db,
    grant.session_id === null ? holder : { ...holder, sessionId: grant.session_id },
    now,
  );
  const released = await releaseParkedCalls(deps.db, { ...holder, scopes, sessionId: grant.session_id });
  return wake(deps.client, input.requestId, released);
}

/** Wakes the conversations whose calls ended with the request, so that they can say so. */
export async function wakeAfterEnd(deps: WakeDeps, input: { requestId: string }): Promise<{ woken: number }> {
  const calls = await deps.db
    .selectFrom('tool_calls')
    .select('session_id as sessionId')
    .where('request_id', '=', input.requestId)
    .execute();
  return wake(deps.client, input.requestId, calls);
}

async function wake(
  client: Client,
  requestId: string,
  calls: readonly { sessionId: string; callId?: string }[],
): Promise<{ woken: number }> {
  const bySession = Map.groupBy(calls, ({ sessionId }) => sessionId);
  await Promise.all(
    [...bySession].map(([sessionId, own]) =>
      client.workflow.signalWithStart('chatSession', {
        workflowId: chatSessionWorkflowId(sessionId),
        taskQueue: taskQueues.orchestration,
        args: [{ sessionId }],
        signal: scopeResolvedSignal,
        signalArgs: [{ requestId, callIds: own.flatMap(({ callId }) => callId ?? []) }],
      }),
    ),
  );
  return { woken: bySession.size };
}
