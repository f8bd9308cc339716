import { expect, test } from 'vitest';
import { z } from 'zod';
import { wordIssue } from '../../api/http/word-issue.ts';
import { asDomainError } from '../../api/problems.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(5).optional(),
  scopes: z.array(z.string().regex(/^\w+$/, 'is not a scope token')).min(1).max(2).optional(),
  count: z.int().min(1).max(9).optional(),
  at: z.iso.datetime().optional(),
  kind: z.enum(['a', 'b']).optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  either: z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]).optional(),
});

function detailOf(shape: z.ZodType, sent: unknown): string {
  const parsed = shape.safeParse(sent, { error: wordIssue });
  return parsed.success ? '' : asDomainError(parsed.error).message;
}

test.each([
  [{ name: 7 }, 'name: must be text'],
  [{ name: '' }, 'name: must not be empty'],
  [{ name: 'SECRET' }, 'name: must have at most 5 characters'],
  [{ scopes: [] }, 'scopes: must not be empty'],
  [{ scopes: 'SECRET' }, 'scopes: must be a list'],
  [{ scopes: ['a', 'b', 'c'] }, 'scopes: must have at most 2 entries'],
  [{ scopes: ['SECRET!'] }, 'scopes.0: is not a scope token'],
  [{ count: 1.5 }, 'count: must be a whole number'],
  [{ count: 0 }, 'count: must be at least 1'],
  [{ count: 10 }, 'count: must be at most 9'],
  [{ at: 'SECRET' }, 'at: must be a time such as 2026-11-25T09:00:00Z'],
  [{ kind: 'SECRET' }, 'kind: must be one of a, b'],
  [{ args: [] }, 'args: must be an object'],
  [{ either: {} }, 'either: is not what is expected here'],
  [{ other: 'SECRET' }, 'The request has a field that nobody knows here: "other"'],
  [[], 'The request must be an object'],
  [null, 'The request must be an object'],
])('%j: %s', (sent, detail) => {
  expect(detailOf(schema, sent)).toBe(detail);
});

test('what is missing is said to be, and the contract’s own words go first', () => {
  expect(detailOf(z.object({ id: z.string() }), {})).toBe('id: is missing');
  expect(detailOf(z.object({ message: z.string().min(1, 'Write a message.') }), { message: '' })).toBe(
    'message: Write a message.',
  );
});

test('ten thousand mistakes are not listed one by one', () => {
  const sent = { scopes: Array.from({ length: 10_000 }, () => 1) };
  expect(detailOf(schema, sent).length).toBeLessThan(500);
});

test('no sentence of the library itself is left', () => {
  const odd: [z.ZodType, unknown][] = [
    [z.literal('x'), 'SECRET'],
    [z.map(z.string(), z.string()), {}],
    [z.set(z.string()).min(2), new Set(['SECRET'])],
    [z.date(), 'SECRET'],
    [z.bigint(), 'SECRET'],
    [z.number().multipleOf(5), 7],
    [z.tuple([z.string()]), []],
    [z.record(z.enum(['a']), z.string()), { SECRET: 'b' }],
    [z.discriminatedUnion('t', [z.object({ t: z.literal('a') })]), { t: 'SECRET' }],
    [z.email(), 'SECRET'],
    [z.string().length(3), 'SECRET'],
    [z.string().refine(() => false), 'SECRET'],
  ];
  for (const [shape, sent] of odd) {
    expect(detailOf(shape, sent)).not.toMatch(/invalid|expected [a-z]+, |too (small|big)|SECRET(?!")/i);
  }
});
