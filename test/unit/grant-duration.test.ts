import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestDedupeKey, requestDigest, type AskedFor } from '../../activities/store/request-digest.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { fitsMaximum, grantBounds, grantSeconds } from '../../workflows/domain/grant-duration.ts';
import type { Policy } from '../../workflows/domain/policy.ts';

const shipped = parsePolicy(
  await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8'),
  'countersign.policy.yaml',
);
const scopes = Object.keys(shipped.scopes);
const asked: AskedFor = {
  requestId: 'req_1',
  subject: 'usr_1',
  clientId: 'client',
  sessionId: null,
  scopes: ['b', 'a'],
  toolName: 'list_files',
  toolArgs: { path: '.' },
  justification: null,
};

function policyOf(durations: Record<string, { grantTtlMs: number; maxGrantTtlMs: number }>): Policy {
  const [any] = Object.values(shipped.scopes);
  if (any === undefined) throw new Error('the shipped policy has no scope');
  return {
    ...shipped,
    scopes: Object.fromEntries(Object.entries(durations).map(([scope, times]) => [scope, { ...any, ...times }])),
  };
}

describe('how long a grant lives', () => {
  it('is what policy usually gives, or what was asked or approved', () => {
    const policy = policyOf({ a: { grantTtlMs: 60_000, maxGrantTtlMs: 600_000 } });
    expect(grantSeconds(policy, ['a'], null)).toBe(60);
    expect(grantSeconds(policy, ['a'], 30)).toBe(30);
    expect(grantSeconds(policy, ['a'], 600)).toBe(600);
  });

  it('is never longer than the maximum, the shortest of several scopes', () => {
    const policy = policyOf({
      a: { grantTtlMs: 60_000, maxGrantTtlMs: 600_000 },
      b: { grantTtlMs: 120_000, maxGrantTtlMs: 180_000 },
    });
    expect(grantBounds(policy, ['a', 'b'])).toEqual({ usualSeconds: 60, maxSeconds: 180 });
    expect(grantSeconds(policy, ['a', 'b'], 600)).toBe(180);
    expect(fitsMaximum(policy, ['a', 'b'], 181)).toBe(false);
    expect(fitsMaximum(policy, ['a'], 181)).toBe(true);
  });

  it('is no time at all for what the policy does not know', () => {
    expect(grantSeconds(shipped, ['constructor', '__proto__'], 3_600)).toBe(0);
    expect(fitsMaximum(shipped, [], 1)).toBe(false);
  });

  it('never grows when a scope is added, whatever is asked for', () => {
    const some = fc.subarray(scopes, { minLength: 1 });
    fc.assert(
      fc.property(some, some, fc.option(fc.integer({ min: 1, max: 40_000 })), (first, second, duration) => {
        const together = grantSeconds(shipped, [...first, ...second], duration);
        expect(together).toBeLessThanOrEqual(grantSeconds(shipped, first, duration));
        expect(together).toBeLessThanOrEqual(grantBounds(shipped, second).maxSeconds);
      }),
    );
  });
});

describe('what is asked', () => {
  it('is covered by the digest with its duration, and is the same as before durations without one', () => {
    // Of a request that was stored before one could ask for a duration: its decisions must stay valid.
    expect(requestDigest(asked)).toBe('SzOED2oFalqp2fOSETSnqopip82Y0KQxMDZcxoBX0PM');
    expect(requestDigest({ ...asked, durationSeconds: 600 })).not.toBe(requestDigest(asked));
    expect(requestDigest({ ...asked, durationSeconds: 600 })).not.toBe(
      requestDigest({ ...asked, durationSeconds: 601 }),
    );
  });

  it('joins an open request of the same call, however long it is asked for', () => {
    const key = requestDedupeKey(asked);
    const longer = { ...asked, durationSeconds: 600 };
    expect(requestDedupeKey(longer)).toBe(key);
  });
});
