import { expect, it } from 'vitest';
import { days, startOfDay } from '../../api/stats/days.ts';
import { grantCalls } from '../../api/grants/grant-calls.ts';

it('the day begins at midnight UTC, before 1970 too', () => {
  expect(startOfDay(new Date('2026-11-25T23:59:59.999Z')).toISOString()).toBe('2026-11-25T00:00:00.000Z');
  expect(startOfDay(new Date('1969-12-31T12:00:00.000Z')).toISOString()).toBe('1969-12-31T00:00:00.000Z');
});

it('there is a row for each day, and what waited is counted back from now', () => {
  const rows = days(
    new Date('2026-11-23T00:00:00Z'),
    new Date('2026-11-25T10:00:00Z'),
    [
      { day: '2026-11-23', what: 'asked', count: 5 },
      { day: '2026-11-25', what: 'asked', count: 2 },
      { day: '2026-11-25', what: 'approved', count: 3 },
      { day: '2026-11-25', what: 'expired', count: 1 },
    ],
    4,
  );
  expect(rows.map(({ day, asked, approved, expired, waiting }) => [day, asked, approved, expired, waiting])).toEqual([
    ['2026-11-23', 5, 0, 0, 6],
    ['2026-11-24', 0, 0, 0, 6],
    ['2026-11-25', 2, 3, 1, 4],
  ]);
});

it('a call that did not run says so', () => {
  const entry = (type: string, more = {}) => ({ at: new Date(0), type, data: { tool: 't', ...more } });
  const calls = grantCalls([entry('tool.finished', { outcome: 'not_run' }), entry('tool.called')]);
  expect(calls).toMatchObject([{ outcome: 'not_run', duration_ms: null }]);
});

it('each end of a call belongs to one beginning, the nearest before it', () => {
  const data = { tool: 't', argument_digest: 'd', jti: 'j' };
  const at = (n: number) => new Date(n * 1_000);
  const end = (n: number, outcome: string) => ({
    at: at(n),
    type: 'tool.finished',
    data: { ...data, outcome, duration_ms: n },
  });
  const begin = (n: number, change = {}) => ({ at: at(n), type: 'tool.called', data: { ...data, ...change } });
  const calls = grantCalls([
    begin(6),
    end(5, 'failed'),
    begin(4),
    { at: at(4), type: 'tool.refused', data },
    { at: at(4), type: 'grant.created', data: {} },
    begin(3, { argument_digest: 'other' }),
    end(2, 'succeeded'),
    begin(1),
  ]);
  expect(calls.map(({ outcome, duration_ms }) => [outcome, duration_ms])).toEqual([
    ['unknown', null],
    ['failed', 5],
    ['refused', null],
    ['unknown', null],
    ['succeeded', 2],
  ]);
});
