import type { ChatReply, ToolCallView } from '../contract/chat.ts';
import type { TurnEvent } from '../contract/chat-stream.ts';

/**
 * Turns what is known of a turn, again and again, into events that tell only what is new. Texts come from two sides: at
 * once from this process (`said`), and from the database (`stored`), which may lag behind. Pure but for what it remembers.
 */
export class TurnTeller {
  readonly #tell: (event: TurnEvent) => void;
  readonly #calls = new Map<string, string>();
  #text = '';

  constructor(tell: (event: TurnEvent) => void) {
    this.#tell = tell;
  }

  /** What the model has said so far, heard from the model itself. */
  said(messageId: string, text: string): void {
    if (!text.startsWith(this.#text)) this.#reset(messageId);
    this.#append(messageId, text);
  }

  /** What the database has of a reply that is still being made. */
  stored(messageId: string, text: string): void {
    if (this.#text.startsWith(text)) return;
    this.said(messageId, text);
  }

  calls(messageId: string, calls: readonly ToolCallView[]): void {
    for (const call of calls) {
      const now = JSON.stringify(call);
      const before = this.#calls.get(call.call_id);
      if (before === now) continue;
      // What was said before a call was thinking aloud.
      if (before === undefined) this.#reset(messageId);
      this.#calls.set(call.call_id, now);
      this.#tell({ type: 'tool_call', message_id: messageId, tool_call: call });
    }
  }

  /** The end: the deltas, put together, are the reply. */
  reply(reply: ChatReply): void {
    this.calls(reply.message_id, reply.tool_calls);
    if (!reply.reply.startsWith(this.#text)) this.#reset(reply.message_id);
    this.#append(reply.message_id, reply.reply);
    this.#tell({ type: 'reply', reply });
  }

  #append(messageId: string, text: string): void {
    const delta = text.slice(this.#text.length);
    if (delta === '') return;
    this.#text = text;
    this.#tell({ type: 'text', message_id: messageId, delta });
  }

  #reset(messageId: string): void {
    if (this.#text === '') return;
    this.#text = '';
    this.#tell({ type: 'text_reset', message_id: messageId });
  }
}
