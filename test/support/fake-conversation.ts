import type { WorkCall, WorkMessage } from '../../workflows/domain/chat-work.ts';

/** How the tool server answers a call. */
export type Answer = 'ok' | 'insufficient_scope' | 'unavailable' | 'crash';

/** A conversation in memory, with the guards of the real rows: a call is claimed once. */
export class FakeConversation {
  readonly messages: WorkMessage[] = [];
  readonly calls: WorkCall[] = [];
  /** Ids of the calls the tool has really run. */
  readonly runs: string[] = [];
  readonly log: string[] = [];
  answer: Answer = 'ok';
  repeatable = false;
  deleted = false;
  failModel: string | undefined;

  post(messageId: string): void {
    this.messages.push({ messageId, role: 'user', status: 'queued' });
  }
  message(messageId: string): WorkMessage {
    const found = this.messages.find((message) => message.messageId === messageId);
    if (found === undefined) throw new Error(`no message ${messageId}`);
    return found;
  }
  has(messageId: string, status: WorkMessage['status']): boolean {
    return this.messages.some((message) => message.messageId === messageId && message.status === status);
  }
  callOf(messageId: string): WorkCall {
    const found = this.calls.find((call) => call.messageId === messageId);
    if (found === undefined) throw new Error(`no call in ${messageId}`);
    return found;
  }
  release(messageId: string): void {
    const call = this.callOf(messageId);
    if (call.status === 'parked') call.status = 'ready';
  }
}
