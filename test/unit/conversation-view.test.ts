import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../../activities/store/tool-call-runs.ts';
import { callView, type ViewContext } from '../../api/chat/conversation-view.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { approvalState } from '../../web/chat/approval/approval-state.ts';

const shipped = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const strict = shipped.replace('justification: optional', 'justification: required');

function parkedUnder(policyText: string, frozen: ViewContext['frozen'] = null) {
  const view = {
    requests: new Map(),
    policy: parsePolicy(policyText, 'p.yaml'),
    frozen,
    now: new Date(0),
  } as unknown as ViewContext;
  const call = {
    call_id: 'c1',
    name: 'execute_command',
    arguments: {},
    status: 'parked',
    result: null,
    authorization_error: null,
    request_id: null,
    required_scopes: ['execute:commands'],
    finished_at: null,
  } as unknown as ToolCall;
  return callView(call, view);
}

describe('a parked call that nobody has been asked about', () => {
  it.each([
    [shipped, false],
    [strict, true],
  ])('says before the first press whether policy wants a reason', (policyText, required) => {
    const view = parkedUnder(policyText);
    expect(view.justification_required).toBe(required);
    expect(approvalState(view)).toEqual({ kind: 'not_asked', justificationRequired: required });
  });

  it('waits for the end of a freeze when all it needs is held, and is asked for otherwise', () => {
    expect(approvalState(parkedUnder(shipped, new Set(['execute:commands'])))).toEqual({ kind: 'frozen' });
    expect(approvalState(parkedUnder(shipped, new Set(['read:files']))).kind).toBe('not_asked');
    expect(approvalState(parkedUnder(shipped, null)).kind).toBe('not_asked');
  });
});
