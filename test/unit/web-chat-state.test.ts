import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../api/contract/chat.ts';
import type { RequestStatusResponse } from '../../api/contract/scope-requests.ts';
import { longestMessage, lengthOf } from '../../web/chat/conversation/drafts.ts';
import { isUnderWay } from '../../web/chat/conversation/outbox.ts';
import { applyTurnEvent, type LiveTurn } from '../../web/chat/conversation/turn-store.ts';
import { decisionWords, openRequests } from '../../web/chat/notices/decision-words.ts';
import { dataOf, eventBlocks } from '../../web/lib/post-stream.ts';
import { isTooLong, longestWords, textLength } from '../../web/lib/text-length.ts';

describe('the length of a message', () => {
  it('is said when it comes near the limit and when it is over, and nothing is cut', () => {
    expect(lengthOf('short')).toEqual({ kind: 'fine' });
    expect(lengthOf('x'.repeat(9_500))).toEqual({ kind: 'near', words: '9,500 of 10,000 characters' });
    expect(lengthOf('x'.repeat(longestMessage)).kind).toBe('near');
    const over = lengthOf(` ${'x'.repeat(longestMessage + 1_204)} `);
    expect(over).toMatchObject({ kind: 'over', words: expect.stringContaining('1,204 characters too many') as string });
    expect(lengthOf('x'.repeat(longestMessage + 1))).toMatchObject({
      words: expect.stringMatching(/^1 character too many/) as string,
    });
  });

  it('is counted the same way in the fields for reasons and justifications', () => {
    expect(textLength('x'.repeat(1_799), longestWords)).toEqual({ kind: 'fine' });
    expect(textLength('x'.repeat(1_900), longestWords)).toEqual({ kind: 'near', words: '1,900 of 2,000 characters' });
    expect(textLength('x'.repeat(2_001), longestWords)).toEqual({ kind: 'over', words: '1 character too many' });
    expect([isTooLong('x'.repeat(2_000)), isTooLong('x'.repeat(2_001)), isTooLong('x'.repeat(501), 500)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('a turn that is being told', () => {
  const turn: LiveTurn = {
    asked: 'hi',
    knownIds: new Set(),
    sessionId: undefined,
    replyId: undefined,
    text: '',
    state: 'under_way',
    error: null,
  };
  const reply: ChatReply = { session_id: 's', message_id: 'm', status: 'completed', reply: 'ab!', tool_calls: [] };

  it('gathers what was said, begins anew, and ends with the reply', () => {
    const begun = applyTurnEvent(turn, { type: 'turn', session_id: 's', message_id: 'u' });
    expect(begun.sessionId).toBe('s');
    const said = ['a', 'b'].reduce(
      (now, delta) => applyTurnEvent(now, { type: 'text', message_id: 'm', delta }),
      begun,
    );
    expect([said.replyId, said.text]).toEqual(['m', 'ab']);
    expect(applyTurnEvent(said, { type: 'text_reset', message_id: 'm' }).text).toBe('');
    expect(applyTurnEvent(said, { type: 'reply', reply }).text).toBe('ab!');
  });

  it('is read from pieces that end anywhere', () => {
    const { blocks, rest } = eventBlocks('event: text\ndata: {"a":1}\n\n: still here\n\nevent: te');
    expect(blocks.map(dataOf)).toEqual([{ a: 1 }, undefined]);
    expect(rest).toBe('event: te');
    expect(dataOf('data: {half')).toBeUndefined();
  });
});

describe('whether there is something to stop', () => {
  const call = { call_id: 'c', name: 't', arguments: {} };
  const message = { message_id: 'm', role: 'assistant', content: '', created_at: '2026-01-01T00:00:00Z' } as const;
  it.each([
    ['running', [], true],
    ['queued', [], true],
    ['completed', [], false],
    ['stopped', ['running'], false],
    ['awaiting_authorization', ['parked'], false],
    ['awaiting_authorization', ['ready'], true],
  ] as const)('%s with calls %o: %s', (status, calls, expected) => {
    expect(isUnderWay([{ ...message, status, tool_calls: calls.map((one) => ({ ...call, status: one })) }])).toBe(
      expected,
    );
  });
});

describe('a decision that comes while nobody looks', () => {
  const request: RequestStatusResponse = {
    request_id: 'r',
    status: 'pending',
    approved_by: null,
    approved_at: null,
    cancelled_by: null,
    denied_by: null,
    denied_at: null,
    denial_reason: null,
    expires_at: null,
    deciding: false,
    grant: null,
  };

  it.each([
    [{ status: 'approved', approved_by: 'admin@example.com' }, 'Approved'],
    [{ status: 'denied', denied_by: 'admin@example.com' }, 'Denied'],
    [{ status: 'denied', denied_by: 'policy' }, 'Not allowed'],
    [{ status: 'expired' }, 'Nobody answered in time'],
    [{ status: 'approved', approved_by: 'policy' }, undefined],
    [{ status: 'cancelled' }, undefined],
    [{ status: 'pending' }, undefined],
  ] as const)('%o is told as %s', (change, title) => {
    expect(decisionWords({ ...request, ...change })?.title).toBe(title);
  });

  it('is found by what was waited for before', () => {
    const session = { title: 't', updated_at: '2026-01-01T00:00:00Z', waiting: true };
    expect([
      ...openRequests({
        sessions: [
          { ...session, session_id: 'a', open_requests: ['r1', 'r2'] },
          { ...session, session_id: 'b', open_requests: [] },
        ],
      }),
    ]).toEqual([
      ['r1', 'a'],
      ['r2', 'a'],
    ]);
  });
});
