import { setTimeout as sleep } from 'node:timers/promises';
import { chatHistorySchema, chatReplySchema, type ChatMessageView, type ChatReply } from '../../api/contract/chat.ts';
import { requestStatusSchema, upgradeScopeResponseSchema } from '../../api/contract/scope-requests.ts';
import type { Answer, Visitor } from './visitor.ts';

/** Sends a message to the agent and waits for its reply. @throws when the answer is not as the contract says */
export async function say(who: Visitor, message: string): Promise<ChatReply> {
  return chatReplySchema.parse(ok(await who.post('/chat', { message })));
}

/** Asks for the approval that a message waits for. @returns the id of the pending request */
export async function askForApproval(who: Visitor, reply: ChatReply, justification?: string): Promise<string> {
  const answer = await who.post('/request-approval', {
    session_id: reply.session_id,
    message_id: reply.message_id,
    ...(justification === undefined ? {} : { justification }),
  });
  const upgrade = upgradeScopeResponseSchema.parse(ok(answer));
  if (upgrade.status !== 'pending_admin_approval') throw new Error(`not pending: ${upgrade.status}`);
  return upgrade.approval_request_id;
}

/** How a request stands, at 8002 or at the chat. */
export async function statusOf(who: Visitor, requestId: string) {
  return requestStatusSchema.parse(ok(await who.get(`/api/status/${requestId}`)));
}

/** The message as the conversation shows it. */
export async function messageOf(who: Visitor, reply: ChatReply): Promise<ChatMessageView> {
  const { messages } = chatHistorySchema.parse(ok(await who.get(`/api/chat-history?session_id=${reply.session_id}`)));
  const found = messages.find(({ message_id }) => message_id === reply.message_id);
  if (found === undefined) throw new Error('the conversation has lost the message');
  return found;
}

/** Waits until a message is answered. @throws after `timeoutMs`, with what there was */
export async function answered(who: Visitor, reply: ChatReply, timeoutMs = 40_000): Promise<ChatMessageView> {
  for (const deadline = Date.now() + timeoutMs; ;) {
    const message = await messageOf(who, reply);
    if (message.status === 'completed' || message.status === 'failed') return message;
    if (Date.now() > deadline) throw new Error(`not answered: ${JSON.stringify(message)}`);
    await sleep(50);
  }
}

function ok({ status, body }: Answer): Answer['body'] {
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
