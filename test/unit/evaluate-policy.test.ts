import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import {
  approvesScopes,
  approvesSomething,
  mayOpenDashboard,
  maySee,
  whyNotApprover,
} from '../../workflows/domain/approvers.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';

const text = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const policy = parsePolicy(text, 'countersign.policy.yaml');
const ask = (
  roles: string[],
  scopes: string[],
  extra: { disabled?: boolean; clientId?: string; clientVerified?: boolean } = {},
) => evaluatePolicy(policy, { roles, scopes, disabled: false, clientId: 'c', clientVerified: true, ...extra });

describe('the shipped policy', () => {
  it.each([
    [['user'], 'read:files', 'auto'],
    [['manager'], 'read:files', 'auto'],
    [['auditor'], 'read:files', 'admin_required'],
    [['admin'], 'execute:commands', 'auto'],
    [['developer'], 'execute:commands', 'admin_required'],
    [['admin'], 'admin:users', 'admin_required'],
    [['admin'], 'approve:requests', 'self'],
    [[], 'none', 'auto'],
  ])('gives %j asking for %s: %s', (roles, scope, expected) => {
    expect(ask(roles, [scope]).approvalType).toBe(expected);
  });

  it('lets the strictest scope decide the set and names the rule of each', () => {
    const verdict = ask(['user'], ['read:files', 'execute:commands']);
    expect(verdict.approvalType).toBe('admin_required');
    expect(verdict.scopes.map(({ approvalType }) => approvalType)).toEqual(['auto', 'admin_required']);
    expect(verdict.scopes[0]?.rule).toBe('scopes.read:files.granted_at_once_to[user]');
  });

  it('refuses an unknown scope instead of dropping it, whatever JavaScript calls its own', () => {
    for (const scope of ['nope', 'constructor', '__proto__', 'toString']) {
      expect(() => ask(['admin'], ['read:files', scope])).toThrow(
        expect.objectContaining({ code: 'unknown_scope' }) as Error,
      );
    }
  });

  it('denies first: a disabled account and a deny rule beat every grant', () => {
    expect(ask(['admin'], ['none'], { disabled: true }).approvalType).toBe('forbidden');
    const denying = parsePolicy(
      text.replace('deny: []', 'deny: [{ scopes: ["read:files"], clients: ["bad"], reason: "Not from there." }]'),
      'x',
    );
    const question = { roles: ['admin'], disabled: false, scopes: ['read:files'] };
    expect(evaluatePolicy(denying, { ...question, clientId: 'bad' }).scopes[0]).toMatchObject({
      approvalType: 'forbidden',
      reason: 'Not from there.',
    });
    expect(evaluatePolicy(denying, { ...question, clientId: 'good' }).approvalType).toBe('auto');
  });
});

describe('through a client that nobody has verified', () => {
  const unverified = { clientVerified: false };
  const withRisk = (risk: string) =>
    parsePolicy(text.replace(/(execute:commands:\n.*\n {4}risk: )critical/, `$1${risk}`), 'x');

  it.each([
    ['critical', 'self'],
    ['high', 'self'],
    ['medium', 'auto'],
    ['low', 'auto'],
  ])('what policy grants at once is, of %s risk: %s', (risk, expected) => {
    for (const question of [{ clientId: 'c' }, { clientId: 'c', clientVerified: false }]) {
      const verdict = evaluatePolicy(withRisk(risk), {
        ...{ roles: ['admin'], disabled: false, scopes: ['execute:commands'] },
        ...question,
      });
      expect(verdict.scopes[0]?.approvalType).toBe(expected);
    }
  });

  it('everyone is no exception, nor is a set with something harmless', () => {
    const everyone = parsePolicy(
      text.replace(/(execute:commands:\n(?: {4}.*\n)*? {4}granted_at_once_to: )\[admin\]/, '$1[everyone]'),
      'x',
    );
    const question = { roles: [], disabled: false, clientId: 'c', scopes: ['execute:commands'] };
    expect(evaluatePolicy(everyone, question).scopes[0]).toMatchObject({
      approvalType: 'self',
      rule: 'builtin.unverified_client',
    });
    expect(evaluatePolicy(everyone, { ...question, clientVerified: true }).approvalType).toBe('auto');
    expect(ask(['admin'], ['read:files', 'execute:commands'], unverified).approvalType).toBe('self');
  });

  it('loosens nothing: who gets nothing at once, or nothing at all, still does not', () => {
    expect(ask(['developer'], ['execute:commands'], unverified).approvalType).toBe('admin_required');
    expect(ask(['admin'], ['execute:commands'], { ...unverified, disabled: true }).approvalType).toBe('forbidden');
  });

  it('our own clients need nobody’s word', () => {
    for (const clientId of ['countersign-chat', 'countersign-dashboard']) {
      expect(ask(['admin'], ['execute:commands'], { ...unverified, clientId }).approvalType).toBe('auto');
    }
    expect(ask(['admin'], ['execute:commands'], { ...unverified, clientId: 'countersign-chats' }).approvalType).toBe(
      'self',
    );
  });
});

describe('approvers (RULES 1)', () => {
  const person = (subject: string, roles: string[], disabled = false) => ({ subject, roles, disabled });
  const request = { subject: 'asker', scopes: ['execute:commands'] };

  it('never counts the requester, even an admin', () => {
    expect(whyNotApprover(policy, person('asker', ['admin']), request)).toBe('own_request');
    expect(whyNotApprover(policy, person('other', ['admin']), request)).toBeUndefined();
  });

  it('asks for every scope of the request under live policy', () => {
    expect(approvesScopes(policy, person('x', ['admin']), ['execute:commands', 'none'])).toBe(false);
    expect(approvesScopes(policy, person('x', ['admin']), [])).toBe(false);
    expect(approvesScopes(policy, person('x', ['admin'], true), ['execute:commands'])).toBe(false);
  });

  it('shows requests to owner, approvers and auditors only, and the dashboard to the latter two', () => {
    expect(maySee(policy, person('asker', ['user']), request)).toBe(true);
    expect(maySee(policy, person('x', ['auditor']), request)).toBe(true);
    expect(maySee(policy, person('x', ['developer']), request)).toBe(false);
    expect(mayOpenDashboard(policy, person('x', ['user']))).toBe(false);
    expect(mayOpenDashboard(policy, person('x', ['auditor']))).toBe(true);
    expect(approvesSomething(policy, person('x', ['auditor']))).toBe(false);
  });
});
