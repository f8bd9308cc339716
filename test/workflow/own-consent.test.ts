import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeUpdate } from '../../workflows/messages.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { until } from '../support/until.ts';
import { startUpgradeWorld, type UpgradeHandle, type UpgradeWorld } from '../support/upgrade-world.ts';

const tenMinutes = 10 * 60 * 1_000;
let env: TestWorkflowEnvironment;
let world: UpgradeWorld;

beforeAll(async () => {
  env = await startTimeSkipping();
  world = await startUpgradeWorld(env);
});
afterAll(async () => {
  await world.stop();
  await env.teardown();
});

const start = () => world.start({ evaluation: 'self', ttlMs: tenMinutes });
const outcomeOf = async (handle: UpgradeHandle, decisionId: string) =>
  (await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId }] })).outcome;

describe('a request that waits for its requester’s own consent', () => {
  it('is granted by it and stays with its grant', async () => {
    const { row, handle } = await start();
    await world.decide(handle, 'dec_1', 'approve');
    expect(await outcomeOf(handle, 'dec_1')).toEqual({ counted: true });
    await world.revoke(row, handle);
    expect(await handle.result()).toEqual({ status: 'approved', grantId: row.grantId });
    expect(row.transitions).toEqual(['approved']);
  });

  it('ends as denied when they refuse', async () => {
    const { row, handle } = await start();
    await world.decide(handle, 'dec_1', 'deny');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.log).toEqual(['woken']);
  });

  it('expires when they do nothing', async () => {
    const { row, handle } = await start();
    expect(await handle.result()).toEqual({ status: 'expired' });
    expect(row.transitions).toEqual(['expired']);
  });

  it('is cancelled when they withdraw', async () => {
    const { row, handle } = await start();
    await until(() => row.status === 'pending');
    await world.withdraw(row, handle);
    expect(await handle.result()).toEqual({ status: 'cancelled' });
  });

  it.each([
    ['somebody else’s consent', 'foreign_1', 'not_approver'],
    ['a sign-in that is too old', 'stale_1', 'stale_sign_in'],
    ['a forged statement', 'forged_1', 'statement_invalid'],
  ])('stays pending for %s, and takes the next decision', async (_what, decisionId, refusal) => {
    const { row, handle } = await start();
    await world.decide(handle, decisionId, 'approve');
    expect(await outcomeOf(handle, decisionId)).toMatchObject({ counted: false, refusal });
    expect(row.status).toBe('pending');
    expect(row.mintAttempts).toBe(0);
    await world.decide(handle, 'dec_1', 'deny');
    expect(await handle.result()).toEqual({ status: 'denied' });
  });

  it('ends as denied by policy when the consent comes after policy has left it to others', async () => {
    const { row, handle } = await start();
    await world.decide(handle, 'overtaken_1', 'approve');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.mintAttempts).toBe(0);
    expect(row.transitions).toEqual(['denied']);
  });

  it('ends as denied by policy, too, when that happens between judgement and mint', async () => {
    const { row, handle } = await world.start({
      evaluation: 'self',
      ttlMs: tenMinutes,
      prepare: (made) => (made.mint = { answers: 'forbidden_by_policy' }),
    });
    await world.decide(handle, 'dec_1', 'approve');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
  });
});
