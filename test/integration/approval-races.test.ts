import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { endRequest } from '../../activities/requests/end-request.ts';
import { cancelRequest } from '../../api/approvals/cancel.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { cancelSignal, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { approvalsWorld } from '../support/approvals-world.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const world = approvalsWorld(policyText);
const { admin, ask, approve, requestOf, statusOf, auditOf, auditTypesOf } = world;
const grantsOf = async (caller: Caller) => (await listGrants(world.deps, caller, { limit: 10 })).grants;

describe('between approval and mint (RULES 2, 15, 16)', () => {
  let requester: Caller;
  let approver: Caller;
  let requestId: string;

  /** An approval that is recorded and judged, and waits for a mint that is away. */
  async function approveWithoutMint(): Promise<void> {
    [requester, approver] = [await world.stack.person(['user']), await admin()];
    requestId = await ask(requester);
    await world.stack.stopMint();
    const { httpStatus, body } = await approve(approver, requestId);
    expect([httpStatus, body.status, body.deciding]).toEqual([202, 'pending', true]);
  }

  it('an approver who has lost the role grants nothing: pending again, audited, and another one decides', async () => {
    await approveWithoutMint();
    await world.stack.owner.db.deleteFrom('person_roles').where('subject', '=', approver.person.subject).execute();
    await world.stack.startMint();
    await expect.poll(async () => (await requestOf(requestId)).deciding, { timeout: 20_000 }).toBe(false);
    expect(await statusOf(requestId)).toBe('pending');
    expect(await grantsOf(requester)).toEqual([]);
    expect(await auditOf(requestId)).toContainEqual(
      expect.objectContaining({
        type: 'decision.dropped',
        data: expect.objectContaining({ refusal: 'not_approver' }) as unknown,
      }),
    );
    expect((await approve(await admin(), requestId)).body).toMatchObject({ status: 'approved', deciding: false });
  });

  it('an approver whose account was disabled grants nothing', async () => {
    await approveWithoutMint();
    await world.stack.owner.db
      .updateTable('people')
      .set({ disabled_at: new Date() })
      .where('subject', '=', approver.person.subject)
      .execute();
    await world.stack.startMint();
    await expect.poll(async () => (await requestOf(requestId)).deciding, { timeout: 20_000 }).toBe(false);
    expect(await statusOf(requestId)).toBe('pending');
    expect(await grantsOf(requester)).toEqual([]);
  });

  it('a scope that policy has come to deny is not granted: denied, by policy', async () => {
    await approveWithoutMint();
    await world.stack.policy(
      policyText.replace('deny: []', 'deny: [{ scopes: ["execute:commands"], roles: [user], reason: "No." }]'),
    );
    await world.stack.startMint();
    await expect.poll(() => statusOf(requestId), { timeout: 20_000 }).toBe('denied');
    expect(await grantsOf(requester)).toEqual([]);
    await expect.poll(() => auditTypesOf(requestId)).toContain('decision.dropped');
  });

  it('the requester withdraws: cancelled, and a mint that comes back grants nothing', async () => {
    await approveWithoutMint();
    expect((await cancelRequest(world.deps, requester, requestId)).body.status).toBe('cancelled');
    await world.stack.startMint();
    await expect
      .poll(
        async () =>
          (await world.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).describe()).status.name,
      )
      .toBe('COMPLETED');
    expect(await grantsOf(requester)).toEqual([]);
    const types = await auditTypesOf(requestId);
    expect(types.filter((type) => /^request\.(approved|denied|expired|cancelled)$/.test(type))).toEqual([
      'request.cancelled',
    ]);
    expect(types).toContain('decision.dropped');
  });
});

describe('a withdrawal that nobody recorded', () => {
  it('leaves the request pending, and does not make a workflow forget a grant', async () => {
    const requester = await world.stack.person(['user']);
    const requestId = await ask(requester);
    const handle = world.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
    await handle.signal(cancelSignal);
    await approve(await admin(), requestId);
    expect(await statusOf(requestId)).toBe('approved');
    const standing = await endRequest({ db: world.db, now: () => new Date() }, { requestId, status: 'cancelled' });
    expect(standing).toMatchObject({
      status: 'approved',
      grant: { grantId: (await grantsOf(requester))[0]?.grant_id },
    });
  });
});

describe('the same decision many times', () => {
  it('five approvals of one approver at once are one decision and one grant', async () => {
    const requester = await world.stack.person(['user']);
    const approver = await admin();
    const requestId = await ask(requester);
    const answers = await Promise.all(Array.from({ length: 5 }, () => approve(approver, requestId)));
    expect(answers.map(({ body }) => body.status)).toEqual(Array.from({ length: 5 }, () => 'approved'));
    expect(await grantsOf(requester)).toHaveLength(1);
    const types = await auditTypesOf(requestId);
    expect(types.filter((type) => type === 'decision.recorded')).toHaveLength(1);
    expect(types.filter((type) => type === 'request.approved')).toHaveLength(1);
  });
});
