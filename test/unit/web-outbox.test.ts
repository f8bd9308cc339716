import { describe, expect, it } from 'vitest';
import type { ChatMessageView } from '../../api/contract/chat.ts';
import { hasArrived } from '../../web/chat/conversation/outbox.ts';

const message = (message_id: string, content: string): ChatMessageView => ({
  message_id,
  role: 'user',
  content,
  status: 'completed',
  created_at: '2026-01-01T00:00:00.000Z',
});

describe('a message on its way', () => {
  it('has arrived once the history holds a new message of that text', () => {
    const before = [message('m1', 'again')];
    const turn = { asked: 'again ', knownIds: new Set(['m1']) };
    expect(hasArrived(turn, before)).toBe(false);
    expect(hasArrived(turn, [...before, message('m2', 'other')])).toBe(false);
    expect(hasArrived(turn, [...before, message('m2', 'again')])).toBe(true);
  });

  it('is not there to be waited for when an earlier one is tried again', () => {
    expect(hasArrived({ asked: undefined, knownIds: new Set() }, [])).toBe(true);
  });
});
