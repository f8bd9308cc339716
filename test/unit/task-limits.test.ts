import { expect, test } from 'vitest';
import { canKeepArguments, keptResult } from '../../mcp-server/tasks/limits.ts';

test.each([
  [{}, true],
  [{ command: 'x'.repeat(16_000) }, true],
  [{ command: 'x'.repeat(17_000) }, false],
  [{ command: 'ä'.repeat(9_000) }, false],
])('arguments are parked up to sixteen kilobytes (case %#)', (args, kept) => {
  expect(canKeepArguments(args)).toBe(kept);
});

test('a result that is too large says that the call has run, and keeps nothing of it', () => {
  const resultOf = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  const small = resultOf('x'.repeat(500_000));
  expect(keptResult('list_users', small)).toBe(small);
  expect(keptResult('list_users', resultOf('x'.repeat(600_000)))).toEqual({
    isError: true,
    content: [{ type: 'text', text: 'list_users has run, and its result is too large to be kept.' }],
    _meta: { 'countersign/code': 'payload_too_large' },
  });
});
