import { describe, expect, it } from 'vitest';
import type { ToolCallView } from '../../api/contract/chat.ts';
import { approvalState, refusedBy } from '../../web/chat/approval/approval-state.ts';
import { durationChoices } from '../../web/chat/access/labels.ts';

const error: NonNullable<ToolCallView['authorization_error']> = {
  error_type: 'authorization_error',
  tool_name: 'execute_command',
  required_scope: 'execute:commands',
  current_scopes: [],
  approval_type: 'admin_required',
  user_email: 'user@example.com',
};
type Approval = NonNullable<ToolCallView['approval']>;
const pending: Approval = {
  request_id: 'r1',
  status: 'pending',
  approved_by: null,
  approved_at: null,
  denied_by: null,
  denied_at: null,
  denial_reason: null,
  cancelled_by: null,
  expires_at: '2026-01-01T00:00:00.000Z',
  deciding: false,
  grant: null,
  required_scopes: ['execute:commands'],
  justification_required: false,
  approvers: ['admin'],
  approval_type: 'admin_required',
  consent_url: null,
  requested_duration_seconds: null,
  grant_seconds: 3_600,
  max_grant_seconds: 28_800,
};
const grant: NonNullable<Approval['grant']> = {
  grant_id: 'g1',
  status: 'active',
  scopes: ['execute:commands'],
  expires_at: '2026-01-01T01:00:00.000Z',
};

function call(status: ToolCallView['status'], approval?: Partial<Approval>, extra: Partial<ToolCallView> = {}) {
  const view: ToolCallView = {
    call_id: 'c1',
    name: 'execute_command',
    arguments: {},
    status,
    authorization_error: error,
  };
  return { ...view, ...(approval === undefined ? {} : { approval: { ...pending, ...approval } }), ...extra };
}

describe('approvalState', () => {
  it.each([
    ['not asked', call('parked'), 'not_asked'],
    ['held, but frozen', call('parked', undefined, { waits_for_freeze_end: true }), 'frozen'],
    ['waiting', call('parked', {}), 'waiting'],
    ['deciding', call('parked', { deciding: true }), 'deciding'],
    ['approved', call('succeeded', { status: 'approved', approved_by: 'admin@example.com', grant }), 'approved'],
    ['denied', call('denied', { status: 'denied', denied_by: 'admin@example.com' }), 'denied'],
    ['expired', call('expired', { status: 'expired' }), 'expired'],
    ['cancelled', call('cancelled', { status: 'cancelled' }), 'cancelled'],
    ['ended before the call followed', call('parked', { status: 'expired' }), 'expired'],
    ['granted by policy', call('succeeded', { status: 'approved', approved_by: 'policy', grant }), 'granted_at_once'],
    [
      'granted at once, no request kept',
      call('succeeded', undefined, { authorization_error: { ...error, approval_type: 'auto' } }),
      'granted_at_once',
    ],
  ] as const)('%s', (_name, given, kind) => {
    expect(approvalState(given).kind).toBe(kind);
  });

  it('needs nothing for a call that met no error', () => {
    const given: ToolCallView = { call_id: 'c1', name: 'health_check', arguments: {}, status: 'succeeded' };
    expect(approvalState(given)).toEqual({ kind: 'not_needed' });
  });

  it('is resuming while the approved call has not begun, and only then', () => {
    const approved = { status: 'approved', approved_by: 'admin@example.com', grant } satisfies Partial<Approval>;
    expect(approvalState(call('ready', approved))).toMatchObject({ kind: 'approved', resuming: true });
    expect(approvalState(call('unknown', approved))).toMatchObject({ kind: 'approved', resuming: false });
  });

  it('offers no further asking for what policy forbids', () => {
    const forbidden = call('denied', undefined, { authorization_error: { ...error, approval_type: 'forbidden' } });
    expect(approvalState(forbidden)).toMatchObject({ kind: 'denied', askable: false });
    expect(approvalState(call('denied', { status: 'denied' }))).toMatchObject({ kind: 'denied', askable: true });
  });

  it('never says that nobody can be asked where asking again is offered', () => {
    const denied = { kind: 'denied', reason: null } as const;
    expect(refusedBy({ ...denied, by: 'policy', askable: true })).toMatch(/Asked again/);
    expect(refusedBy({ ...denied, by: null, askable: true })).not.toMatch(/nobody can be asked/);
    expect(refusedBy({ ...denied, by: null, askable: false })).toMatch(/nobody can be asked/);
    expect(refusedBy({ ...denied, by: 'ada@example.com', askable: true })).toBe('ada@example.com said no.');
  });
});

describe('the lengths to ask for ahead of need', () => {
  it('offer policy’s usual one only once, and nothing beyond its maximum', () => {
    expect(durationChoices(3_600, 8 * 3_600)).toEqual([900, 4 * 3_600, 8 * 3_600]);
    expect(durationChoices(3_600, 3_600)).toEqual([900]);
    expect(durationChoices(0, 0)).toEqual([]);
  });
});
