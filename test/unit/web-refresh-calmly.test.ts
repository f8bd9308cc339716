import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { refreshCalmly } from '../../web/lib/refresh-calmly.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('refreshes at once, and once more for all that came meanwhile; other keys are not held up', () => {
  const refreshed: string[] = [];
  const ask = refreshCalmly((key) => refreshed.push(key.join('/')), 100);
  for (let event = 0; event < 5; event += 1) ask(['requests']);
  ask(['request', 'r1']);
  expect(refreshed).toEqual(['requests', 'request/r1']);
  vi.advanceTimersByTime(100);
  expect(refreshed).toEqual(['requests', 'request/r1', 'requests']);
  ask(['requests']);
  vi.advanceTimersByTime(99);
  expect(refreshed).toHaveLength(3);
  vi.advanceTimersByTime(1);
  expect(refreshed).toEqual(['requests', 'request/r1', 'requests', 'requests']);
  vi.advanceTimersByTime(1_000);
  ask(['requests']);
  expect(refreshed).toHaveLength(5);
});
