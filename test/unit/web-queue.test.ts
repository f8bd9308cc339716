import { describe, expect, it } from 'vitest';
import type { RequestDetail, ScopeRequestView } from '../../api/contract/scope-requests.ts';
import { keyName } from '../../web/admin/keys/key-name.ts';
import { arrange, groupByRun } from '../../web/admin/queue/arrange.ts';
import { stepTo, successorOf } from '../../web/admin/queue/next-selection.ts';
import { changeFilter, formatQueueFilter, parseQueueFilter } from '../../web/admin/queue/queue-filter.ts';
import { whyNotTogether } from '../../web/admin/queue/why-not-together.ts';
import { durationChoices } from '../../web/admin/request/duration-choices.ts';
import { auditText } from '../../web/admin/request/labels.ts';
import { nextToDecide } from '../../web/admin/request/next-to-decide.ts';
import { timelineText } from '../../web/admin/request/timeline-text.ts';
import { whyHere } from '../../web/admin/request/why-here.ts';

const asked = (request_id: string, agent_run: string | null = null) => ({ request_id, agent_run });

describe('the filter in the address', () => {
  it('reads what it writes, in one order', () => {
    const filter = { q: 'rm -rf', risk: 'critical', status: 'denied', tool: 'a&b' } as const;
    const text = formatQueueFilter(filter);
    expect(text).toBe('?status=denied&risk=critical&tool=a%26b&q=rm+-rf');
    expect(parseQueueFilter(text)).toEqual(filter);
    expect(formatQueueFilter({})).toBe('');
  });

  it('leaves out what makes no sense, and what is so anyway', () => {
    expect(parseQueueFilter('?risk=extreme&status=pending&scope=&q=%20%20&cursor=x')).toEqual({});
    expect(parseQueueFilter(`?q=${'x'.repeat(500)}`).q).toHaveLength(200);
  });

  it('changes one part', () => {
    const filter = { risk: 'low', q: 'a' } as const;
    expect(changeFilter(filter, { risk: undefined })).toEqual({ q: 'a' });
    expect(changeFilter(filter, { tool: 't' })).toEqual({ ...filter, tool: 't' });
  });
});

describe('the order of the queue', () => {
  it('puts requests of one agent run where the first of them stands', () => {
    const requests = [asked('1', 'r'), asked('2'), asked('3', 'r'), asked('4', 's')];
    expect(arrange([], requests)).toEqual(['1', '3', '2', '4']);
  });

  it('moves nothing that is shown: what is late comes at the end, even of a run that is shown', () => {
    const requests = [asked('0'), asked('1', 'r'), asked('2'), asked('9', 'r')];
    expect(arrange(['1', '2'], requests)).toEqual(['1', '2', '0', '9']);
    expect(arrange(['1', '2', '3'], [asked('1'), asked('3'), asked('4')])).toEqual(['1', '3', '4']);
  });

  it('frames neighbours of the same run only', () => {
    const groups = groupByRun([asked('1', 'r'), asked('2', 'r'), asked('3'), asked('4'), asked('5', 'r')]);
    expect(groups.map((group) => group.map(({ request_id }) => request_id))).toEqual([['1', '2'], ['3'], ['4'], ['5']]);
  });
});

describe('J and K', () => {
  it('begin at the ends, stop there, and go on where one has left', () => {
    expect(stepTo(['a', 'b', 'c'], undefined, 1)?.id).toBe('a');
    expect(stepTo(['a', 'b', 'c'], undefined, -1)?.id).toBe('c');
    expect(stepTo(['a', 'b', 'c'], { id: 'c', index: 2 }, 1)?.id).toBe('c');
    expect(stepTo(['a', 'c', 'd'], { id: 'b', index: 1 }, 1)?.id).toBe('c');
    expect(stepTo(['a', 'c', 'd'], { id: 'b', index: 1 }, -1)?.id).toBe('a');
    expect(stepTo([], { id: 'b', index: 1 }, 1)).toBeUndefined();
  });

  it('after a decision the one below is next, else the one above', () => {
    expect(successorOf(['a', 'b', 'c'], 'b')?.id).toBe('c');
    expect(successorOf(['a', 'b', 'c'], 'c')?.id).toBe('b');
    expect(successorOf(['a'], 'a')).toBeUndefined();
  });

  it('on a request’s page the next that can be decided is, from the top after the end', () => {
    const can = (id: string): boolean => id !== 'c';
    expect(nextToDecide(['a', 'b', 'c', 'd'], 'b', 1, can)).toBe('d');
    expect(nextToDecide(['a', 'b', 'c'], 'b', 1, can)).toBe('a');
    expect(nextToDecide(['a', 'c', 'd'], 'b', 1, can)).toBe('d');
    expect(nextToDecide(['b', 'c'], 'b', 0, can)).toBeUndefined();
  });
});

describe('names of keys', () => {
  const press = { key: 'a', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false };
  it.each([
    [{}, 'a'],
    [{ key: 'A', shiftKey: true }, 'Shift+a'],
    [{ key: 'A' }, 'a'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: 'Escape' }, 'Escape'],
    [{ repeat: true }, undefined],
    [{ ctrlKey: true }, undefined],
    [{ metaKey: true }, undefined],
    [{ altKey: true }, undefined],
  ])('%j is %s', (change, name) => {
    expect(keyName({ ...press, ...change })).toBe(name);
  });
});

describe('a decision on several', () => {
  const request = (change: Partial<ScopeRequestView> = {}): ScopeRequestView =>
    ({ tool_name: 't', scopes: ['a', 'b'], risk: 'low', cannot_decide: null, ...change }) as ScopeRequestView;
  it('is offered for the same tool, scopes and risk', () => {
    expect(whyNotTogether([request(), request({ scopes: ['b', 'a'] })])).toBeUndefined();
    expect(whyNotTogether([request()])).toBeUndefined();
  });

  it.each([
    [{ tool_name: 'u' }, /same tool/],
    [{ scopes: ['a'] }, /same tool/],
    [{ risk: 'medium' }, /same tool/],
    [{ decided_alone: true }, /one at a time/],
    [{ cannot_decide: 'own_request' }, /yourself/],
    [{ cannot_decide: 'not_approver' }, /approver/],
    [{ cannot_decide: 'already_decided' }, /ended/],
    [{ approval_type: 'self' }, /person who asked/],
    [{ approval_type: 'self', own: true, cannot_decide: 'own_request' }, /your own fresh consent/],
  ] as const)('is not with %j among them', (change, reason) => {
    expect(whyNotTogether([request(), request(change as Partial<ScopeRequestView>)])).toMatch(reason);
  });
});

describe('how long an approval can last', () => {
  const hour = 3_600;
  const labels = (requested: number | null, given: number, most: number): string[] =>
    durationChoices({
      requested_duration_seconds: requested,
      grant_seconds: given,
      max_grant_seconds: most,
    }).map(({ label }) => label);
  it('offers round lengths up to the maximum, and what is given when nothing is said', () => {
    expect(labels(null, hour, 8 * hour)).toEqual([
      '15 minutes',
      '1 hour (usual)',
      '4 hours',
      '8 hours (the longest allowed)',
    ]);
    expect(labels(5_400, 5_400, 2 * hour)).toEqual([
      '15 minutes',
      '1 hour',
      '1 hour 30 minutes (asked for)',
      '2 hours (the longest allowed)',
    ]);
    expect(labels(9 * hour, 600, 600)).toEqual(['10 minutes (the longest allowed)']);
    expect(labels(null, 0, 0)).toEqual([]);
  });
});

describe('an entry of the timeline', () => {
  it('says how a request came about', () => {
    const created = (data: Record<string, unknown>) => auditText({ type: 'request.created', data });
    expect(created({ via: 'background_request' })).toContain('in the background');
    expect(created({ via: 'authorization_request' })).toContain('authorization request');
    expect(created({})).not.toMatch(/background|authorization request/);
  });
});

describe('why a request is here', () => {
  const scope = {
    scope: 'execute:commands',
    description: '',
    risk: 'critical',
    server: null,
    approvers: ['admin', 'steward'],
    granted_at_once_to: ['admin'],
    otherwise: 'admin' as const,
  };
  const detail = (rule: string | null, scopes = [scope]) => ({ request: { rule }, scopes }) as unknown as RequestDetail;
  it('says the rule in words', () => {
    expect(whyHere(detail('scopes.execute:commands.otherwise'))).toEqual([
      'execute:commands is given at once only to admin; for all others somebody else has to approve it, with the role admin or steward.',
    ]);
    expect(whyHere(detail('x', [{ ...scope, granted_at_once_to: [], approvers: [] }]))).toEqual([
      'Nobody is given execute:commands at once; nobody is an approver of it.',
    ]);
    expect(whyHere(detail('x', [{ ...scope, granted_at_once_to: [] }]))).toEqual([
      'Nobody is given execute:commands at once; somebody else has to approve it, with the role admin or steward.',
    ]);
    expect(whyHere(detail('deny[0]'))[0]).toContain('deny[0]');
    expect(whyHere(detail('builtin.unverified_client'))).toEqual([expect.stringContaining('nobody has verified')]);
    expect(whyHere(detail(null))).toEqual([]);
  });
});

describe('the timeline', () => {
  it('tells what people can make something of, and no ids', () => {
    const entry = { at: '', actor: 'admin@example.com', type: 'decision.refused' };
    expect(timelineText({ ...entry, data: { decision_id: 'dec_1', verdict: 'deny', code: 'own_request' } })).toEqual({
      what: 'An attempt to decide was refused',
      details: 'verdict: deny, because: own request',
    });
    expect(timelineText({ ...entry, type: 'new.kind', data: { reason: 3 } })).toEqual({
      what: 'new.kind',
      details: '',
    });
  });
  it('says for whom a request waits', () => {
    const pending = (approval_type: string) => timelineText({ type: 'request.pending', data: { approval_type } }).what;
    expect(pending('self')).toBe('Waiting for their own consent');
    expect(pending('admin_required')).toBe('Waiting for an approver');
  });
});
