import type { Client } from '@temporalio/client';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { chatSessionWorkflowId, messagePostedSignal } from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { listChatSessions } from '../../activities/store/chat-sessions.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { releaseParkedCalls } from '../../activities/store/tool-calls.ts';
import type { ChatDeps } from './deps.ts';

const deliveredWithinMs = 5_000;
const mostSessions = 1_000;

/**
 * Wakes the conversation's workflow, starting it when it has ended. What there is to do, it reads from the database.
 *
 * @throws {DomainError} `temporarily_unavailable` when Temporal cannot be reached; the wake may still arrive.
 */
export async function wakeSession(temporal: Client, sessionId: string, messageId: string): Promise<void> {
  const sent = temporal.workflow.signalWithStart('chatSession', {
    workflowId: chatSessionWorkflowId(sessionId),
    taskQueue: taskQueues.orchestration,
    args: [{ sessionId }],
    signal: messagePostedSignal,
    signalArgs: [{ messageId }],
  });
  // The client itself goes on trying for longer than a person waits; a wake that comes late does no harm.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Temporal did not answer in time.')), deliveredWithinMs);
  });
  try {
    await Promise.race([sent, late]);
  } catch (cause) {
    throw new DomainError(
      'temporarily_unavailable',
      'The agent cannot be reached right now. Send your message again in a moment.',
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** After a sign-in: what waited for one, or for scopes that are held by now, goes on. A failure never fails the sign-in. */
export async function wakeAfterSignIn(deps: ChatDeps, subject: string): Promise<void> {
  try {
    const waiting = (await listChatSessions(deps.db, subject, mostSessions)).filter(({ waiting: waits }) => waits);
    for (const { session_id: sessionId } of waiting) {
      const scopes = await heldScopes(deps.db, { subject, clientId: chatClientId, sessionId }, deps.now());
      const released = await deps.db
        .transaction()
        .execute((trx) => releaseParkedCalls(trx, { subject, clientId: chatClientId, scopes, sessionId }));
      const [first] = released;
      if (first !== undefined) await wakeSession(deps.temporal, sessionId, first.callId);
    }
  } catch (err) {
    deps.logger.warn({ err }, 'waiting calls could not be woken after a sign-in');
  }
}
