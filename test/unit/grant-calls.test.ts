import { expect, test } from 'vitest';
import { pairCalls } from '../../activities/store/grant-calls.ts';

const entry = (type: string, second: number, data: Record<string, unknown>) => ({
  type,
  at: new Date(Date.UTC(2026, 10, 25, 9, 0, second)),
  data: { tool: 'list_files', jti: 'j1', argument_digest: 'd1', ...data },
});
const outcomes = (calls: ReturnType<typeof pairCalls>) => calls.map(({ outcome }) => outcome);

test('each call gets its own end, and one without an end has none', () => {
  const called = [
    entry('tool.called', 1, {}),
    entry('tool.called', 2, {}),
    entry('tool.called', 3, { argument_digest: 'd2' }),
  ];
  const finished = [
    entry('tool.finished', 4, { outcome: 'succeeded' }),
    entry('tool.finished', 5, { argument_digest: 'd2', outcome: 'failed' }),
  ];
  expect(outcomes(pairCalls(called, finished))).toEqual(['succeeded', null, 'failed']);
});

test('the same arguments with another token are another call', () => {
  const finished = [entry('tool.finished', 4, { jti: 'j2', outcome: 'succeeded' })];
  expect(outcomes(pairCalls([entry('tool.called', 1, {})], finished))).toEqual([null]);
});

test('what is no text in the record shows as none', () => {
  const [call] = pairCalls(
    [entry('tool.called', 1, { tool: 7 })],
    [entry('tool.finished', 2, { outcome: { odd: true } })],
  );
  expect(call).toMatchObject({ tool: '', outcome: '' });
});
