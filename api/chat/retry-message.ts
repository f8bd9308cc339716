import type { z } from 'zod';
import { requeueUserMessage, setReply, type ChatMessage } from '../../activities/store/chat-messages.ts';
import { ownChatSession } from '../../activities/store/chat-sessions.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { listCalls, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { releaseCall, supersedeCalls } from '../../activities/store/tool-calls.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import type { ChatReply, retryMessageSchema } from '../contract/chat.ts';
import type { ChatCaller } from './chat-caller.ts';
import { replyView, viewContext } from './conversation-view.ts';
import type { ChatDeps } from './deps.ts';
import { findRetryable } from './find-target.ts';
import type { AwaitedReply } from './wait-for-reply.ts';
import { wakeSession } from './wake-session.ts';

type Retry = 'nothing' | 'wake' | 'release' | 'again';

/** Which turn goes on; `reply` when there is nothing to wait for. */
interface Retried {
  sessionId: string;
  awaited: AwaitedReply;
  reply?: ChatReply;
}

/**
 * Goes on with a message by the person's own wish. Harmless when the work has gone on by itself; a call whose outcome
 * is unknown, or that failed or was turned away, is replaced by a new one.
 *
 * @throws {DomainError} `not_found`, `temporarily_unavailable`
 */
export async function retryMessage(
  deps: ChatDeps,
  caller: ChatCaller,
  body: z.output<typeof retryMessageSchema>,
): Promise<Retried> {
  const { subject } = caller.person;
  const session = await ownChatSession(deps.db, body.session_id, subject);
  const message = await findRetryable(deps.db, session.session_id, body.message_id);
  if (message.role === 'user') {
    await deps.db.transaction().execute((trx) => requeueUserMessage(trx, message.message_id));
    await wakeSession(deps.temporal, session.session_id, message.message_id);
    return { sessionId: session.session_id, awaited: { replyTo: message.message_id } };
  }
  const calls = await listCalls(deps.db, { messageId: message.message_id });
  const held = await heldScopes(
    deps.db,
    { subject, clientId: chatClientId, sessionId: session.session_id },
    deps.now(),
  );
  const last = calls.findLast(({ status }) => status !== 'superseded');
  switch (decideRetry(message, last, held)) {
    case 'nothing':
      return {
        sessionId: session.session_id,
        awaited: { messageId: message.message_id },
        reply: replyView(message, calls, await viewContext(deps.db, calls, deps.now(), deps.issuer)),
      };
    case 'wake':
      break;
    case 'release':
      if (last !== undefined) await deps.db.transaction().execute((trx) => releaseCall(trx, last.call_id));
      break;
    case 'again':
      await deps.db.transaction().execute(async (trx) => {
        await supersedeCalls(trx, message.message_id);
        await setReply(trx, message.message_id, { status: 'running', content: '' });
      });
      break;
  }
  await wakeSession(deps.temporal, session.session_id, message.message_id);
  return { sessionId: session.session_id, awaited: { messageId: message.message_id } };
}

/** What a retry means for a reply as it stands. Pure. */
export function decideRetry(
  message: Pick<ChatMessage, 'status'>,
  call: Pick<ToolCall, 'status' | 'required_scopes'> | undefined,
  held: readonly string[],
): Retry {
  const brokenOff = message.status === 'failed' || message.status === 'stopped';
  const turnEnded = message.status === 'completed' || brokenOff;
  if (call === undefined) return brokenOff ? 'again' : turnEnded ? 'nothing' : 'wake';
  switch (call.status) {
    case 'proposed':
    case 'ready':
    case 'running':
      return 'wake';
    case 'parked':
      return call.required_scopes.every((scope) => held.includes(scope)) ? 'release' : 'nothing';
    case 'succeeded':
      // The tool has answered: only its quoting can have failed.
      return message.status === 'completed' ? 'nothing' : brokenOff ? 'again' : 'wake';
    case 'failed':
    case 'unknown':
    case 'denied':
    case 'expired':
    case 'cancelled':
    case 'superseded':
    case 'scope_unavailable':
      return turnEnded ? 'again' : 'wake';
    default:
      return call.status satisfies never;
  }
}
