import { describe, expect, it } from 'vitest';
import { endingText, failureText, parkedText } from '../../workflows/domain/chat-endings.ts';
import type { CallStatus } from '../../workflows/domain/call-status.ts';
import { readMarkdown } from '../../web/chat/conversation/markdown.ts';
import { claimLifeMs, nextChatWork, type WorkCall, type WorkMessage } from '../../workflows/domain/chat-work.ts';

const now = 1_000_000_000;
const asked = (messageId: string, status: WorkMessage['status'] = 'completed'): WorkMessage => ({
  messageId,
  role: 'user',
  status,
});
const reply = (messageId: string, status: WorkMessage['status']): WorkMessage => ({
  messageId,
  role: 'assistant',
  status,
});
const call = (status: CallStatus, messageId = 'a1', claimedAt: number | null = null): WorkCall => ({
  callId: `c-${status}-${messageId}`,
  messageId,
  status,
  claimedAt,
});

describe('what a conversation does next', () => {
  it('begins the oldest waiting message', () => {
    expect(nextChatWork([asked('u1', 'queued'), asked('u2', 'queued')], [], now)).toEqual({
      kind: 'begin',
      messageId: 'u1',
    });
  });

  it('asks the model first, and again after a result', () => {
    expect(nextChatWork([asked('u1'), reply('a1', 'running')], [], now)).toEqual({ kind: 'model', messageId: 'a1' });
    expect(nextChatWork([asked('u1'), reply('a1', 'running')], [call('succeeded')], now)).toEqual({
      kind: 'model',
      messageId: 'a1',
    });
    expect(nextChatWork([asked('u1'), reply('a1', 'running')], [call('failed')], now)).toEqual({
      kind: 'model',
      messageId: 'a1',
    });
  });

  it('tries a proposed call and, before it, a released one', () => {
    const messages = [asked('u1'), reply('a1', 'awaiting_authorization'), asked('u2'), reply('a2', 'running')];
    expect(nextChatWork(messages, [call('parked'), call('proposed', 'a2')], now)).toEqual({
      kind: 'call',
      callId: 'c-proposed-a2',
      approved: false,
    });
    expect(nextChatWork(messages, [call('proposed', 'a2'), call('ready')], now)).toEqual({
      kind: 'call',
      callId: 'c-ready-a1',
      approved: true,
    });
  });

  it('leaves a parked turn alone and goes on with the next message', () => {
    const messages = [asked('u1'), reply('a1', 'awaiting_authorization'), asked('u2', 'queued')];
    expect(nextChatWork(messages, [call('parked')], now)).toEqual({ kind: 'begin', messageId: 'u2' });
    expect(nextChatWork(messages.slice(0, 2), [call('parked')], now)).toEqual({ kind: 'none' });
  });

  it.each(['denied', 'expired', 'cancelled', 'scope_unavailable', 'unknown'] as const)(
    'finishes a turn whose call ended as %s',
    (status) => {
      expect(nextChatWork([asked('u1'), reply('a1', 'awaiting_authorization')], [call(status)], now)).toEqual({
        kind: 'finish',
        messageId: 'a1',
      });
    },
  );

  it('does nothing about turns that have ended', () => {
    const messages = [asked('u1'), reply('a1', 'completed'), asked('u2'), reply('a2', 'failed'), asked('u3', 'failed')];
    expect(nextChatWork(messages, [call('denied'), call('unknown', 'a2')], now)).toEqual({ kind: 'none' });
  });

  it('makes a retried turn anew: what was superseded does not count', () => {
    expect(nextChatWork([asked('u1'), reply('a1', 'running')], [call('superseded')], now)).toEqual({
      kind: 'model',
      messageId: 'a1',
    });
  });

  it('waits for a running call, and gives one up that nobody can be running', () => {
    const messages = [asked('u1'), reply('a1', 'running')];
    expect(nextChatWork(messages, [call('running', 'a1', now - 1_000)], now)).toEqual({ kind: 'none' });
    expect(nextChatWork(messages, [call('running', 'a1', now - claimLifeMs - 1)], now)).toEqual({
      kind: 'lost',
      callId: 'c-running-a1',
    });
  });
});

describe('what the conversation says', () => {
  it.each([
    '**all fine** [sign in](https://evil.example) `rm -rf /` ![x](http://e.example/x.png) <b>&amp;</b> ~~no~~',
    'see https://evil.example/a_b or www.evil.example, ask Ada',
    'first\n\n# heading\n- item\n1. item\n> quote\n| a | b |\n|---|---|\n    code\n```\nx\n```',
    'ends with a backslash \\',
  ])('shows an approver’s words as they were typed, never as Markdown: %j', (reason) => {
    const [first, ...rest] = readMarkdown(endingText({ status: 'denied', tool: 't', by: 'Ada', reason }));
    // What can be done about it stands in the card.
    expect(rest).toEqual([]);
    const children = first?.type === 'paragraph' ? first.children : [];
    expect(
      children.map((child) => (child.type === 'text' || child.type === 'code' ? child.text : child.type)).join(''),
    ).toBe(`Ada denied the request, so t was not run. Reason given: “${reason.replaceAll(/\s+/g, ' ')}”`);
    expect(children.filter(({ type }) => type === 'code')).toHaveLength(1);
  });

  const endings = [
    endingText({ status: 'denied', tool: 'execute_command', by: 'admin@example.com', reason: 'not today' }),
    endingText({ status: 'expired', tool: 'execute_command' }),
    endingText({ status: 'cancelled', tool: 'execute_command', note: null }),
    endingText({ status: 'cancelled', tool: 'execute_command', note: 'Ada disabled the account.' }),
    endingText({ status: 'scope_unavailable', tool: 'execute_command', reason: null }),
    endingText({ status: 'unknown', tool: 'execute_command' }),
  ];

  it('differs for every end', () => {
    expect(new Set(endings).size).toBe(endings.length);
  });

  it('names who denied and why; an expiry is no refusal; a withdrawal is one’s own', () => {
    expect(endings[0]).toMatch(/admin@example\.com denied .* “not today”/s);
    expect(endings[1]).toMatch(/Nobody answered in time.*not a refusal/s);
    expect(endings[1]).not.toMatch(/denied|refused/);
    expect(endings[2]).toMatch(/You withdrew/);
    expect(endings[3]).toMatch(/not run: Ada disabled/);
    expect(endings[5]).toMatch(/unknown/);
  });

  it('tells waiting for a person, for oneself, for the end of a freeze, for a sign-in and for a server apart', () => {
    const texts = (['scope', 'own_consent', 'freeze', 'sign_in', 'unreachable'] as const).map((reason) =>
      parkedText({ tool: 't', reason, scopes: ['s'] }),
    );
    const failures = (['not_signed_in', 'temporarily_unavailable', 'internal_error'] as const).map(failureText);
    expect(new Set([...texts, ...failures]).size).toBe(8);
  });
});
