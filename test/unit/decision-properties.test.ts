import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeStatement, type DecisionStatement } from '../../workflows/domain/decision.ts';
import { grantEnds, grantStatus } from '../../workflows/domain/grant-status.ts';

const scopes = fc.subarray(['a', 'b', 'c'], { minLength: 1 });
const few = fc.constantFrom('x', 'y');
// Often on a full second, where a statement of that very second must not count.
const expiresAt = fc.oneof(fc.integer({ min: 1_000, max: 9_000 }), fc.constantFrom(1_000, 2_000, 3_000));
const target = fc.record({ requestId: few, digest: few, scopes, divisible: fc.boolean(), expiresAt });
const statement: fc.Arbitrary<DecisionStatement> = fc.record({
  request: few,
  digest: few,
  verdict: fc.constantFrom('approve' as const, 'deny' as const),
  scopes: fc.oneof(scopes, fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })),
  approver: few,
  kind: fc.constantFrom(undefined, 'self' as const),
  nonce: few,
  iat: fc.integer({ min: 0, max: 10 }),
  exp: fc.integer({ min: 0, max: 10 }),
});

describe('a decision, whatever it says (RULES 17)', () => {
  it('counts if and only if it is of this request, of these arguments and scopes, and made before the end', () => {
    fc.assert(
      fc.property(statement, target, (made, asked) => {
        const sameScopes = [...made.scopes].sort().join() === [...asked.scopes].sort().join();
        const part = asked.scopes.filter((scope) => made.scopes.includes(scope));
        const isPart = part.length > 0 && [...part].sort().join() === [...made.scopes].sort().join();
        const approvesPart = asked.divisible && made.verdict === 'approve' && made.kind !== 'self' && isPart;
        const fits = made.request === asked.requestId && made.digest === asked.digest && (sameScopes || approvesPart);
        const expected = !fits ? 'statement_invalid' : made.iat * 1_000 < asked.expiresAt ? undefined : 'late';
        expect(judgeStatement(made, asked)).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is judged alike whenever it is processed: only when it was made matters', () => {
    fc.assert(
      fc.property(statement, target, fc.integer(), (made, asked, exp) => {
        expect(judgeStatement({ ...made, exp }, asked)).toBe(judgeStatement(made, asked));
      }),
    );
  });
});

describe('a grant, whenever it is looked at (RULES 14)', () => {
  const end = fc.constantFrom(...grantEnds, null);

  it('never comes back to life', () => {
    fc.assert(
      fc.property(fc.nat(5), end, fc.nat(5), fc.nat(5), (ends, endReason, now, later) => {
        const life = { expiresAt: ends, endReason };
        if (grantStatus(life, now) !== 'active') expect(grantStatus(life, now + later)).not.toBe('active');
      }),
    );
  });

  it('is alive exactly while nobody has ended it and its time has not come', () => {
    fc.assert(
      fc.property(fc.nat(5), end, fc.nat(5), (ends, endReason, now) => {
        const alive = endReason === null && now < ends;
        expect(grantStatus({ expiresAt: ends, endReason }, now)).toBe(alive ? 'active' : (endReason ?? 'expired'));
      }),
    );
  });
});
