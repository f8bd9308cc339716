import type { KoaContextWithOIDC } from 'oidc-provider';
import { expect, it } from 'vitest';
import { interactionLifetime } from '../../api/oauth/approval-prompt.ts';
import type { RequestScopeSource } from '../../api/oauth/request-scopes.ts';
import type { Policy } from '../../workflows/domain/policy.ts';

const hour = 60 * 60;
const more = 600;

function lifetime(policy: { requestTtlMs: number; selfRequestTtlMs?: number }, name = 'approval'): number {
  const { requestTtlMs, ...rest } = policy;
  const live = { scopes: { 'admin:users': { requestTtlMs } }, ...rest } as unknown as Policy;
  const source: RequestScopeSource = {
    of: () => Promise.reject(new Error('must not wait')),
    known: () => ({ policy: live, held: [], sessionId: undefined }),
  };
  const prompt = { name, details: { scopes: ['admin:users'] } };
  return interactionLifetime(source)({} as KoaContextWithOIDC, { prompt });
}

it.each([
  ['an hour at least', { requestTtlMs: 1_000 }, hour],
  ['as long as an approver is waited for', { requestTtlMs: 5 * hour * 1_000 }, 5 * hour + more],
  [
    'as long as the person’s own consent is',
    { requestTtlMs: 1_000, selfRequestTtlMs: 2 * hour * 1_000 },
    2 * hour + more,
  ],
  ['a day at most', { requestTtlMs: 1_000, selfRequestTtlMs: 48 * hour * 1_000 }, 24 * hour + more],
])('a way through an authorization request that asks people lasts %s', (_name, policy, seconds) => {
  expect(lifetime(policy)).toBe(seconds);
});

it('any other lasts an hour', () => {
  expect(lifetime({ requestTtlMs: 5 * hour * 1_000 }, 'login')).toBe(hour);
});
