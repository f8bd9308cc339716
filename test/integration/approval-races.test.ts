import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endRequest } from '../../activities/requests/end-request.ts';
import { findRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import { cancelRequest } from '../../api/approvals/cancel.ts';
import { decide } from '../../api/approvals/decide.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { cancelSignal, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
let stack: ApprovalStack;

beforeAll(async () => {
  stack = await startApprovalStack(policyText);
}, 60_000);
afterAll(() => stack.stop());
afterEach(() => stack.policy(policyText));

const admin = (): Promise<Caller> => stack.person(['admin']);
const approve = (caller: Caller, requestId: string): ReturnType<typeof decide> =>
  decide(stack.deps, caller, { requestId, verdict: 'approve', note: null, claimedEmail: undefined });
const row = async (requestId: string): Promise<ScopeRequest | undefined> => findRequest(stack.app.db, requestId);
const grantsOf = async (caller: Caller) => (await listGrants(stack.deps, caller, { limit: 10 })).grants;

async function ask(caller: Caller): Promise<string> {
  const answer = await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'] });
  if (answer.status !== 'pending_admin_approval') throw new Error(`unexpected ${answer.status}`);
  return answer.approval_request_id;
}

async function audited(requestId: string): Promise<{ type: string; data: unknown }[]> {
  return stack.app.db
    .selectFrom('audit_events')
    .select(['type', 'data'])
    .where('request_id', '=', requestId)
    .orderBy('position')
    .execute();
}

describe('between approval and mint (RULES 2, 15, 16)', () => {
  let requester: Caller;
  let approver: Caller;
  let requestId: string;

  /** An approval that is recorded and judged, and waits for a mint that is away. */
  async function approveWithoutMint(): Promise<void> {
    [requester, approver] = [await stack.person(['user']), await admin()];
    requestId = await ask(requester);
    await stack.stopMint();
    const { httpStatus, body } = await approve(approver, requestId);
    expect([httpStatus, body.status, body.deciding]).toEqual([202, 'pending', true]);
  }

  it('an approver who has lost the role grants nothing: pending again, audited, and another one decides', async () => {
    await approveWithoutMint();
    await stack.owner.db.deleteFrom('person_roles').where('subject', '=', approver.person.subject).execute();
    await stack.startMint();
    await expect.poll(async () => (await row(requestId))?.deciding, { timeout: 20_000 }).toBe(false);
    expect((await row(requestId))?.status).toBe('pending');
    expect(await grantsOf(requester)).toEqual([]);
    expect(await audited(requestId)).toContainEqual(
      expect.objectContaining({
        type: 'decision.dropped',
        data: expect.objectContaining({ refusal: 'not_approver' }) as unknown,
      }),
    );
    expect((await approve(await admin(), requestId)).body).toMatchObject({ status: 'approved', deciding: false });
  });

  it('an approver whose account was disabled grants nothing', async () => {
    await approveWithoutMint();
    await stack.owner.db
      .updateTable('people')
      .set({ disabled_at: new Date() })
      .where('subject', '=', approver.person.subject)
      .execute();
    await stack.startMint();
    await expect.poll(async () => (await row(requestId))?.deciding, { timeout: 20_000 }).toBe(false);
    expect((await row(requestId))?.status).toBe('pending');
    expect(await grantsOf(requester)).toEqual([]);
  });

  it('a scope that policy has come to deny is not granted: denied, by policy', async () => {
    await approveWithoutMint();
    await stack.policy(
      policyText.replace('deny: []', 'deny: [{ scopes: ["execute:commands"], roles: [user], reason: "No." }]'),
    );
    await stack.startMint();
    await expect.poll(async () => (await row(requestId))?.status, { timeout: 20_000 }).toBe('denied');
    expect(await grantsOf(requester)).toEqual([]);
    await expect.poll(async () => (await audited(requestId)).map(({ type }) => type)).toContain('decision.dropped');
  });

  it('the requester withdraws: cancelled, and a mint that comes back grants nothing', async () => {
    await approveWithoutMint();
    expect((await cancelRequest(stack.deps, requester, requestId)).body.status).toBe('cancelled');
    await stack.startMint();
    await expect
      .poll(
        async () =>
          (await stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).describe()).status.name,
      )
      .toBe('COMPLETED');
    expect(await grantsOf(requester)).toEqual([]);
    const types = (await audited(requestId)).map(({ type }) => type);
    expect(types.filter((type) => /^request\.(approved|denied|expired|cancelled)$/.test(type))).toEqual([
      'request.cancelled',
    ]);
    expect(types).toContain('decision.dropped');
  });
});

describe('a withdrawal that nobody recorded', () => {
  it('leaves the request pending, and does not make a workflow forget a grant', async () => {
    const requester = await stack.person(['user']);
    const requestId = await ask(requester);
    const handle = stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
    await handle.signal(cancelSignal);
    await approve(await admin(), requestId);
    expect((await row(requestId))?.status).toBe('approved');
    const standing = await endRequest({ db: stack.app.db, now: () => new Date() }, { requestId, status: 'cancelled' });
    expect(standing).toMatchObject({
      status: 'approved',
      grant: { grantId: (await grantsOf(requester))[0]?.grant_id },
    });
  });
});

describe('the same decision many times', () => {
  it('five approvals of one approver at once are one decision and one grant', async () => {
    const requester = await stack.person(['user']);
    const approver = await admin();
    const requestId = await ask(requester);
    const answers = await Promise.all(Array.from({ length: 5 }, () => approve(approver, requestId)));
    expect(answers.map(({ body }) => body.status)).toEqual(Array.from({ length: 5 }, () => 'approved'));
    expect(await grantsOf(requester)).toHaveLength(1);
    const types = (await audited(requestId)).map(({ type }) => type);
    expect(types.filter((type) => type === 'decision.recorded')).toHaveLength(1);
    expect(types.filter((type) => type === 'request.approved')).toHaveLength(1);
  });
});
