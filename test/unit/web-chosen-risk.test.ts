import { describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../api/contract/scope-requests.ts';
import { chosenRisk } from '../../web/admin/request/chosen-risk.ts';

const fact = (scope: string, risk: string): RequestDetail['scopes'][number] => ({
  ...{ scope, risk, description: '', server: null, approvers: [] },
  ...{ granted_at_once_to: [], otherwise: 'admin' },
});
const facts = { scopes: [fact('read:user-data', 'medium'), fact('admin:system', 'critical')] };

const request = { risk: 'critical', scopes: ['read:user-data', 'admin:system'] } as const;

describe('the risk of what is ticked', () => {
  it.each([
    [['read:user-data'], 'medium'],
    [['read:user-data', 'admin:system'], 'critical'],
  ] as const)('of %o is %s', (chosen, risk) => {
    expect(chosenRisk(facts, chosen, request)).toBe(risk);
  });

  it('is the whole request’s where it is not known, or nothing is ticked', () => {
    expect(chosenRisk(undefined, ['read:user-data'], request)).toBe('critical');
    expect(chosenRisk(facts, ['read:user-data', 'gone:scope'], request)).toBe('critical');
    expect(chosenRisk(facts, [], request)).toBe('critical');
  });

  it('is what was recorded where all is ticked, though policy says less by now', () => {
    const now = { scopes: [fact('read:user-data', 'low'), fact('admin:system', 'low')] };
    expect(chosenRisk(now, [...request.scopes], request)).toBe('critical');
    expect(chosenRisk(now, ['admin:system'], request)).toBe('low');
  });
});
