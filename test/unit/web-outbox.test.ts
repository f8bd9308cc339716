import { describe, expect, it } from 'vitest';
import type { ChatMessageView } from '../../api/contract/chat.ts';
import { hasArrived, outgoingMessage } from '../../web/chat/conversation/outbox.ts';

function said(message_id: string, content: string, role: ChatMessageView['role'] = 'user'): ChatMessageView {
  return { message_id, role, content, status: 'completed', created_at: '2026-01-01T00:00:00.000Z' };
}

describe('the message on its way', () => {
  it('has arrived once the history holds a new message of the person with these words', () => {
    const outgoing = outgoingMessage('hello', [said('m1', 'earlier')]);
    expect(hasArrived(outgoing, [said('m1', 'earlier')])).toBe(false);
    expect(hasArrived(outgoing, [said('m1', 'earlier'), said('m2', 'hello')])).toBe(true);
  });

  it('is not mistaken for the same words said before, nor for the agent quoting them', () => {
    const outgoing = outgoingMessage('hello', [said('m1', 'hello')]);
    expect(hasArrived(outgoing, [said('m1', 'hello'), said('m2', 'hello', 'assistant')])).toBe(false);
  });
});
