import type { ChatMessageView } from '../../../api/contract/chat.ts';

/** A message on its way: shown at once, until the server's history has it. */
export interface OutgoingMessage {
  text: string;
  /** The person's messages that the history held when this one was sent. */
  knownIds: ReadonlySet<string>;
}

/** Makes the entry for a message that is being sent now. */
export function outgoingMessage(text: string, history: readonly ChatMessageView[]): OutgoingMessage {
  return { text, knownIds: new Set(history.map((message) => message.message_id)) };
}

/** Whether the history has it by now: then it is shown from there, and only once. */
export function hasArrived(outgoing: OutgoingMessage, history: readonly ChatMessageView[]): boolean {
  return history.some(
    (message) =>
      message.role === 'user' &&
      !outgoing.knownIds.has(message.message_id) &&
      message.content.trim() === outgoing.text.trim(),
  );
}
