import { describe, expect, it } from 'vitest';
import { refusalFromBody } from '../../activities/chat/refusal-from-body.ts';
import { openText, sealText } from '../../activities/store/at-rest.ts';
import { callDigest } from '../../activities/store/call-digest.ts';
import { decideRetry } from '../../api/chat/retry-message.ts';

const parked = { status: 'parked' as const, required_scopes: ['execute:commands'] };

describe('a retry by hand', () => {
  it.each([
    ['awaiting_authorization', parked, [], 'nothing'],
    ['awaiting_authorization', parked, ['execute:commands'], 'release'],
    ['awaiting_authorization', { ...parked, required_scopes: [] }, [], 'release'],
    ['running', { ...parked, status: 'running' as const }, [], 'wake'],
    ['awaiting_authorization', { ...parked, status: 'ready' as const }, [], 'wake'],
    ['completed', { ...parked, status: 'succeeded' as const }, [], 'nothing'],
    ['failed', { ...parked, status: 'unknown' as const }, [], 'again'],
    ['running', { ...parked, status: 'unknown' as const }, [], 'wake'],
    ['completed', { ...parked, status: 'denied' as const }, [], 'again'],
    ['failed', undefined, [], 'again'],
    ['completed', undefined, [], 'nothing'],
    ['stopped', undefined, [], 'again'],
    ['stopped', { ...parked, status: 'cancelled' as const }, [], 'again'],
    ['stopped', { ...parked, status: 'succeeded' as const }, [], 'again'],
    ['stopped', { ...parked, status: 'running' as const }, [], 'wake'],
  ] as const)('of a %s message with %o', (status, call, held, expected) => {
    expect(
      decideRetry(
        { status },
        call === undefined ? undefined : { ...call, required_scopes: [...call.required_scopes] },
        held,
      ),
    ).toBe(expected);
  });
});

describe('the 403 body', () => {
  const error = {
    error_type: 'authorization_error',
    tool_name: 't',
    required_scope: 's',
    current_scopes: [],
    approval_type: 'auto',
    user_email: 'u@example.com',
  };

  it('is read when it is the structured error, beside OAuth fields', () => {
    expect(refusalFromBody(JSON.stringify({ error: 'insufficient_scope', ...error }))).toEqual(error);
  });

  it.each([
    '',
    'not json',
    '{}',
    '[]',
    'null',
    JSON.stringify({ ...error, required_scope: 'x'.repeat(200) }),
    JSON.stringify({ ...error, approval_type: 'please' }),
  ])('is ignored when it is %j', (body) => {
    expect(refusalFromBody(body)).toBeUndefined();
  });
});

describe('what is stored', () => {
  const key = new Uint8Array(32).fill(7);

  it('opens with its key and context only', () => {
    const sealed = sealText(key, 'secret', 'row 1');
    expect(sealed).not.toContain('secret');
    expect(sealText(key, 'secret', 'row 1')).not.toBe(sealed);
    expect(openText(key, sealed, 'row 1')).toBe('secret');
    expect(() => openText(key, sealed, 'row 2')).toThrow();
    expect(() => openText(new Uint8Array(32).fill(8), sealed, 'row 1')).toThrow();
    expect(() => openText(key, `${sealed.slice(0, -2)}AA`, 'row 1')).toThrow();
  });

  it('has one digest per meaning', () => {
    const digest = callDigest({ server: 's', tool: 't', arguments: { a: 1, b: [1, 2] } });
    expect(callDigest({ server: 's', tool: 't', arguments: { b: [1, 2], a: 1 } })).toBe(digest);
    expect(callDigest({ server: 's', tool: 't', arguments: { a: 1, b: [2, 1] } })).not.toBe(digest);
    expect(callDigest({ server: 'other', tool: 't', arguments: { a: 1, b: [1, 2] } })).not.toBe(digest);
  });
});
