import { describe, expect, it } from 'vitest';
import { callHasEnded, callStatuses } from '../../workflows/domain/call-status.ts';
import { judgeStatement, type DecisionStatement } from '../../workflows/domain/decision.ts';
import { grantStatus } from '../../workflows/domain/grant-status.ts';
import { isTerminal, publicStatus, requestStatuses } from '../../workflows/domain/request-status.ts';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';

const target = { requestId: 'req_1', digest: 'd', scopes: ['a', 'b'], divisible: false, expiresAt: 100_000 };
const statement: DecisionStatement = {
  request: 'req_1',
  digest: 'd',
  verdict: 'approve',
  scopes: ['b', 'a'],
  approver: 'usr_1',
  nonce: 'dec_1',
  iat: 99,
  exp: 100,
};

describe('judgeStatement (RULES 17)', () => {
  it('counts if and only if it was made before the end', () => {
    expect(judgeStatement(statement, target)).toBeUndefined();
    expect(judgeStatement({ ...statement, iat: 100 }, target)).toBe('late');
  });

  it.each([
    ['another request', { request: 'req_2' }],
    ['other arguments', { digest: 'other' }],
    ['fewer scopes', { scopes: ['a'] }],
    ['other scopes', { scopes: ['a', 'c'] }],
    ['more scopes', { scopes: ['a', 'b', 'c'] }],
  ])('does not fit %s', (_what, change) => {
    expect(judgeStatement({ ...statement, ...change }, target)).toBe('statement_invalid');
  });

  it('fits some of the scopes where they can be divided, of an approver’s approval alone', () => {
    const divisible = { ...target, divisible: true };
    const some = { ...statement, scopes: ['a'] };
    expect(judgeStatement(some, divisible)).toBeUndefined();
    for (const change of [
      { verdict: 'deny' },
      { kind: 'self' },
      { scopes: [] },
      { scopes: ['a', 'a'] },
      { scopes: ['c'] },
    ] as const) {
      expect(judgeStatement({ ...some, ...change }, divisible)).toBe('statement_invalid');
    }
  });
});

describe('states', () => {
  it('ends a grant by its row or its clock', () => {
    expect(grantStatus({ expiresAt: 10, endReason: null }, 9)).toBe('active');
    expect(grantStatus({ expiresAt: 10, endReason: null }, 10)).toBe('expired');
    expect(grantStatus({ expiresAt: 10, endReason: 'revoked' }, 9)).toBe('revoked');
  });

  it('has four ends of a request and shows the instant before policy as pending', () => {
    expect(requestStatuses.filter(isTerminal)).toEqual(['approved', 'denied', 'expired', 'cancelled']);
    expect(publicStatus('requested')).toBe('pending');
    expect(publicStatus('denied')).toBe('denied');
  });

  it('knows which calls have ended', () => {
    expect(callStatuses.filter((status) => !callHasEnded(status))).toEqual(['proposed', 'parked', 'ready', 'running']);
  });
});

describe('scopes', () => {
  it('treats everything but none and the OpenID ones as elevated', () => {
    expect(parseScope(' none  read:files openid offline_access ').filter(isElevated)).toEqual(['read:files']);
    expect(parseScope(undefined)).toEqual([]);
  });
});
