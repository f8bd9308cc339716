import { describe, expect, it } from 'vitest';
import { coolDownMs, refusedAgain, type EarlierAnswer, type OpenQuestion } from '../../workflows/domain/step-up.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 25, 10, minute));
const answer = (change: Partial<EarlierAnswer>): EarlierAnswer => ({
  requestId: 'one',
  status: 'denied',
  scopes: ['execute:commands'],
  decidedBy: 'usr_admin',
  reason: 'Not today.',
  endedAt: at(5),
  granted: null,
  ...change,
});
const open = (minute: number): OpenQuestion => ({ scopes: ['execute:commands'], askedAt: at(minute) });
const names = (
  answers: EarlierAnswer[],
  scopes = ['execute:commands'],
  more: { open?: OpenQuestion[]; verdict?: 'auto' | 'admin_required' | 'forbidden' } = {},
): string[] =>
  refusedAgain({ answers, open: more.open ?? [] }, scopes, () => more.verdict ?? 'admin_required').map(
    ({ scope, answer: { requestId } }) => `${scope} by ${requestId}`,
  );
const again = ['execute:commands by one'];

describe('refusedAgain', () => {
  it.each(['denied', 'expired'] as const)('repeats what %s', (status) => {
    expect(names([answer({ status })])).toEqual(again);
  });

  it('repeats what was left out of an approval, and only that', () => {
    const subset = answer({
      status: 'approved',
      scopes: ['admin:users', 'execute:commands'],
      granted: ['admin:users'],
    });
    expect(names([subset], ['admin:users', 'execute:commands'])).toEqual(again);
  });

  it('knows the refused scope again among others, and names only it', () => {
    expect(names([answer({})], ['admin:users', 'execute:commands'])).toEqual(again);
  });

  it('knows it again when less is asked than was refused, as stock clients name what they hold besides', () => {
    expect(names([answer({ scopes: ['admin:users', 'execute:commands'] })])).toEqual(again);
  });

  it('says nothing about other scopes', () => {
    expect(names([answer({})], ['admin:users'])).toEqual([]);
  });

  it('goes by the latest answer: a grant made since, though it ended, answers otherwise', () => {
    const granted = answer({ requestId: 'two', status: 'approved', granted: ['execute:commands'], endedAt: at(7) });
    expect(names([granted, answer({})])).toEqual([]);
    expect(names([answer({ endedAt: at(8) }), granted])).toEqual(again);
  });

  it('is over when the person has asked again since, not when another request was open already', () => {
    expect(names([answer({})], undefined, { open: [open(6)] })).toEqual([]);
    expect(names([answer({})], undefined, { open: [open(1)] })).toEqual(again);
  });

  it('is over when policy would grant it at once now', () => {
    expect(names([answer({})], undefined, { verdict: 'auto' })).toEqual([]);
  });

  it('repeats what policy refused only while it still does', () => {
    const byPolicy = [answer({ decidedBy: null })];
    expect(names(byPolicy, undefined, { verdict: 'forbidden' })).toEqual(again);
    expect(names(byPolicy)).toEqual([]);
  });
});

describe('coolDownMs', () => {
  it('is ten minutes where a policy says nothing', () => {
    expect(coolDownMs({})).toBe(600_000);
    expect(coolDownMs({ stepUpCoolDownMs: 1_000 })).toBe(1_000);
  });
});
