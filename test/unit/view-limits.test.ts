import { expect, test } from 'vitest';
import { createViewLimits } from '../../api/events/view-limits.ts';

type Viewer = { kind: 'browser' | 'bearer'; clientId: string };
const limited = expect.objectContaining({ code: 'rate_limited' }) as unknown;
const client = (clientId: string): Viewer => ({ kind: 'bearer', clientId });
const browser: Viewer = { kind: 'browser', clientId: 'countersign-dashboard' };

/** Opens views until one is refused. @returns how to close each. */
function fill(limits: ReturnType<typeof createViewLimits>, viewer: Viewer, subject = 'usr_1'): (() => void)[] {
  const open: (() => void)[] = [];
  for (;;) {
    try {
      open.push(limits.of(viewer).enter(subject));
    } catch (error) {
      expect(error).toEqual(limited);
      return open;
    }
  }
}

test('other people’s clients have three live views each and fifteen together, and none of the person’s own', () => {
  const limits = createViewLimits();
  const shares = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => fill(limits, client(id)).length);
  expect(shares).toEqual([3, 3, 3, 3, 3, 0]);
  expect(fill(limits, client('a'), 'usr_2')).toHaveLength(3);
  expect(fill(limits, browser)).toHaveLength(20);
  // Our own chat's tokens count as the person's own.
  expect(fill(limits, client('countersign-chat'))).toEqual([]);
});

test('a place is given back when a view ends, once, and a refused one takes none', () => {
  const limits = createViewLimits();
  const [first] = fill(limits, client('a'));
  for (let n = 0; n < 20; n += 1) expect(() => limits.of(client('a')).enter('usr_1')).toThrow();
  first?.();
  first?.();
  expect(fill(limits, client('a'))).toHaveLength(1);
  expect(['b', 'c', 'd', 'e', 'f'].map((id) => fill(limits, client(id)).length)).toEqual([3, 3, 3, 3, 0]);
});
