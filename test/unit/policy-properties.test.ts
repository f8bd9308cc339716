import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePolicy, type PolicyQuestion } from '../../workflows/domain/evaluate-policy.ts';
import { risks, type DenyRule, type Policy, type ScopePolicy } from '../../workflows/domain/policy.ts';

const scopeNames = ['none', 'read:files', 'execute:commands', 'admin:users'] as const;
const roleNames = ['user', 'developer', 'admin'] as const;
const clientNames = ['chat', 'dashboard'] as const;
const order = ['auto', 'self', 'admin_required', 'forbidden'];

const scopePolicy: fc.Arbitrary<ScopePolicy> = fc.record({
  description: fc.constant('a scope'),
  risk: fc.constantFrom(...risks),
  resource: fc.constant('mcp' as const),
  grantedAtOnceTo: fc.subarray(['everyone', ...roleNames], { maxLength: 2 }),
  otherwise: fc.constantFrom('admin' as const, 'self' as const, 'forbidden' as const),
  approverRoles: fc.constant(['admin']),
  justification: fc.constant('optional' as const),
  requestTtlMs: fc.constant(1),
  grantTtlMs: fc.constant(1),
  maxGrantTtlMs: fc.constant(1),
  binding: fc.constant('account+client' as const),
});
const denyRule: fc.Arbitrary<DenyRule> = fc.record({
  scopes: fc.subarray([...scopeNames], { minLength: 1 }),
  roles: fc.subarray([...roleNames]),
  clients: fc.subarray([...clientNames]),
  reason: fc.constant('No.'),
});
const policy: fc.Arbitrary<Policy> = fc.record({
  version: fc.constant('v'),
  scopes: fc.record({
    none: scopePolicy,
    'read:files': scopePolicy,
    'execute:commands': scopePolicy,
    'admin:users': scopePolicy,
  }),
  tools: fc.constant({}),
  deny: fc.array(denyRule, { maxLength: 3 }),
});
const question: fc.Arbitrary<PolicyQuestion> = fc.record({
  roles: fc.subarray([...roleNames]),
  disabled: fc.boolean(),
  clientId: fc.constantFrom(...clientNames),
  scopes: fc.array(fc.constantFrom(...scopeNames), { minLength: 1, maxLength: 6 }),
});
const strictness = (from: Policy, asked: PolicyQuestion): number =>
  order.indexOf(evaluatePolicy(from, asked).approvalType);

describe('evaluatePolicy, whatever the policy and the question', () => {
  it('does not depend on the order or the repetition of scopes, and changes nothing it is given', () => {
    fc.assert(
      fc.property(policy, question, (given, asked) => {
        const before = structuredClone([given, asked]);
        const shuffled = { ...asked, scopes: [...asked.scopes, ...asked.scopes].reverse() };
        expect(evaluatePolicy(given, shuffled).approvalType).toBe(evaluatePolicy(given, asked).approvalType);
        expect([given, asked]).toEqual(before);
      }),
    );
  });

  it('is as strict as its strictest scope, so that asking for more never makes it milder', () => {
    fc.assert(
      fc.property(policy, question, (given, asked) => {
        const single = asked.scopes.map((scope) => strictness(given, { ...asked, scopes: [scope] }));
        expect(strictness(given, asked)).toBe(Math.max(...single));
      }),
    );
  });

  it('is never milder for one more deny rule, and forbids what the rule names', () => {
    fc.assert(
      fc.property(policy, question, denyRule, fc.nat(3), (given, asked, rule, position) => {
        const deny = given.deny.toSpliced(position, 0, rule);
        const stricter = evaluatePolicy({ ...given, deny }, asked);
        expect(order.indexOf(stricter.approvalType)).toBeGreaterThanOrEqual(strictness(given, asked));
        const hits =
          (rule.roles.length === 0 || rule.roles.some((role) => asked.roles.includes(role))) &&
          (rule.clients.length === 0 || rule.clients.includes(asked.clientId));
        for (const { scope, approvalType } of stricter.scopes)
          if (hits && rule.scopes.includes(scope)) expect(approvalType).toBe('forbidden');
      }),
    );
  });

  it('gives a disabled account nothing, and one more role never less where no rule denies', () => {
    fc.assert(
      fc.property(policy, question, fc.constantFrom(...roleNames), (given, asked, role) => {
        expect(evaluatePolicy(given, { ...asked, disabled: true }).approvalType).toBe('forbidden');
        const open = { ...given, deny: [] };
        const more = strictness(open, { ...asked, roles: [...asked.roles, role] });
        expect(more).toBeLessThanOrEqual(strictness(open, asked));
      }),
    );
  });

  it('refuses the whole question for one scope that the policy does not know', () => {
    fc.assert(
      fc.property(policy, question, fc.string(), fc.nat(6), (given, asked, name, position) => {
        fc.pre(!(scopeNames as readonly string[]).includes(name));
        const scopes = asked.scopes.toSpliced(position, 0, name);
        expect(() => evaluatePolicy(given, { ...asked, scopes })).toThrow(
          expect.objectContaining({ code: 'unknown_scope' }) as Error,
        );
      }),
    );
  });
});
