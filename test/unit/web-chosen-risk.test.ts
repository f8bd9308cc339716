import { describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../api/contract/scope-requests.ts';
import { chosenRisk } from '../../web/admin/request/chosen-risk.ts';

const fact = (scope: string, risk: string): RequestDetail['scopes'][number] => ({
  ...{ scope, risk, description: '', server: null, approvers: [] },
  ...{ granted_at_once_to: [], otherwise: 'admin' },
});
const facts = { scopes: [fact('read:user-data', 'medium'), fact('admin:system', 'critical')] };

describe('the risk of what is ticked', () => {
  it.each([
    [['read:user-data'], 'medium'],
    [['read:user-data', 'admin:system'], 'critical'],
  ] as const)('of %o is %s', (chosen, risk) => {
    expect(chosenRisk(facts, chosen, 'critical')).toBe(risk);
  });

  it('is the whole request’s where it is not known, or nothing is ticked', () => {
    expect(chosenRisk(undefined, ['read:user-data'], 'critical')).toBe('critical');
    expect(chosenRisk(facts, ['read:user-data', 'gone:scope'], 'critical')).toBe('critical');
    expect(chosenRisk(facts, [], 'critical')).toBe('critical');
  });
});
