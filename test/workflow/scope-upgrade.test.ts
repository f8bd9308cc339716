import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelSignal, grantEndedSignal, outcomeUpdate } from '../../workflows/messages.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { until } from '../support/until.ts';
import { startUpgradeWorld, type UpgradeHandle, type UpgradeWorld } from '../support/upgrade-world.ts';

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

const outcomeOf = async (handle: UpgradeHandle, decisionId: string) =>
  (await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId }] })).outcome;
const down = { answers: 'nothing', times: Infinity } as const;

describe('scopeUpgrade', () => {
  it('grants at once what policy allows, releases the parked calls and closes the grant at its end', async () => {
    const { row, handle } = await world.start({ evaluation: 'auto' });
    expect(await handle.result()).toEqual({ status: 'approved', grantId: row.grantId });
    expect(row.log).toEqual(['released', 'closed']);
  });

  it('ends as denied when policy forbids', async () => {
    const { row, handle } = await world.start({ evaluation: 'forbidden' });
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.log).toEqual(['woken']);
  });

  it('expires when nobody decides', async () => {
    const { row, handle } = await world.start();
    expect(await handle.result()).toEqual({ status: 'expired' });
    expect(row.transitions).toEqual(['expired']);
    expect(row.log).toEqual(['woken']);
  });

  it('approves, and tells the approver so', async () => {
    const { row, handle } = await world.start();
    await world.decide(handle, 'dec_1', 'approve');
    expect(await outcomeOf(handle, 'dec_1')).toEqual({ counted: true });
    expect(row.transitions).toEqual(['approved']);
    await world.revoke(row, handle);
    expect(await handle.result()).toEqual({ status: 'approved', grantId: row.grantId });
  });

  it('denies', async () => {
    const { row, handle } = await world.start();
    await world.decide(handle, 'dec_1', 'deny');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
  });

  it('changes nothing for a forged statement and goes on waiting', async () => {
    const { row, handle } = await world.start();
    await world.decide(handle, 'forged_1', 'approve');
    expect(await outcomeOf(handle, 'forged_1')).toMatchObject({ counted: false, refusal: 'statement_invalid' });
    expect(row.status).toBe('pending');
    await world.decide(handle, 'dec_2', 'deny');
    expect(await handle.result()).toEqual({ status: 'denied' });
  });

  it('lets the first of two deciders win and judges the other as too late', async () => {
    const { row, handle } = await world.start();
    await until(() => row.status === 'pending');
    await world.whileNoWorkerRuns(async () => {
      await world.decide(handle, 'dec_first', 'deny');
      await world.decide(handle, 'dec_second', 'approve');
    });
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
    expect(row.judged).toEqual(['dec_first', 'dec_second']);
  });

  it('takes the same decision five times as one', async () => {
    const { row, handle } = await world.start();
    await until(() => row.status === 'pending');
    await world.whileNoWorkerRuns(async () => {
      for (let time = 0; time < 5; time += 1) await world.decide(handle, 'dec_1', 'approve');
    });
    expect(await outcomeOf(handle, 'dec_1')).toMatchObject({ counted: true });
    await world.revoke(row, handle);
    expect(await handle.result()).toMatchObject({ status: 'approved' });
    expect(row.transitions).toEqual(['approved']);
    expect(row.mintAttempts).toBe(1);
  });

  it('answers a decision on a granted request as already decided', async () => {
    const { row, handle } = await world.start({ evaluation: 'auto' });
    await until(() => row.log.includes('released'));
    await world.decide(handle, 'dec_late', 'approve');
    expect(await outcomeOf(handle, 'dec_late')).toMatchObject({ counted: false, refusal: 'already_decided' });
  });
});

describe('a decision against the end of the request (RULES 17)', () => {
  const second = 1_000;
  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('counts when it was sent before the end although a worker sees it only after', async () => {
    const { row, handle } = await world.start({ ttlMs: 2 * second });
    await until(() => row.status === 'pending');
    await world.whileNoWorkerRuns(async () => {
      await world.decide(handle, 'dec_in_time', 'approve');
      // The clock of this server runs in real time while nobody waits for a result.
      await later(3 * second);
    });
    expect((await handle.result()).status).toBe('approved');
    expect(row.transitions).toEqual(['approved']);
  });

  it('does not count when it was made after the end, although the request still stands as pending', async () => {
    const { row, handle } = await world.start({ ttlMs: second });
    await until(() => row.status === 'pending');
    await world.whileNoWorkerRuns(async () => {
      await later(2 * second);
      await world.decide(handle, 'dec_after', 'approve');
    });
    expect((await handle.result()).status).toBe('expired');
    expect(row.transitions).toEqual(['expired']);
    expect(row.decisions.get('dec_after')).toEqual({ counted: false, refusal: 'late' });
  });

  it('does not count when it came to a request that has expired', async () => {
    const { row, handle } = await world.start({ ttlMs: 2 * second });
    row.beforeWake = () => world.decide(handle, 'dec_1', 'approve');
    await until(() => row.status === 'pending');
    await env.sleep(2 * second);
    expect((await handle.result()).status).toBe('expired');
    expect(row.decisions.get('dec_1')).toEqual({ counted: false, refusal: 'already_decided' });
    expect(row.transitions).toEqual(['expired']);
  });

  it('still grants when the mint comes back after the end of the request', async () => {
    const { row, handle } = await world.start({ ttlMs: 60 * second });
    row.mint = { answers: 'nothing', times: 20 };
    await world.decide(handle, 'dec_1', 'approve');
    await env.sleep(90 * second);
    expect((await handle.result()).status).toBe('approved');
    expect(row.transitions).toEqual(['approved']);
  });
});

describe('a withdrawal (RULES 15)', () => {
  it('ends the request as cancelled', async () => {
    const { row, handle } = await world.start();
    await world.withdraw(row, handle);
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(row.log).toEqual(['woken']);
  });

  it('counts by what the requester recorded: a signal alone changes nothing', async () => {
    const { row, handle } = await world.start();
    await handle.signal(cancelSignal);
    await world.decide(handle, 'dec_1', 'deny');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
  });

  it('comes too late for an approval that is in force', async () => {
    const { row, handle } = await world.start();
    await world.decide(handle, 'dec_1', 'approve');
    await outcomeOf(handle, 'dec_1');
    await world.withdraw(row, handle);
    await handle.signal(grantEndedSignal);
    expect((await handle.result()).status).toBe('approved');
    expect(row.transitions).toEqual(['approved']);
  });

  it('before the approval leaves nothing to approve', async () => {
    const { row, handle } = await world.start();
    await until(() => row.status === 'pending');
    await world.whileNoWorkerRuns(async () => {
      await world.withdraw(row, handle);
      await world.decide(handle, 'dec_1', 'approve');
    });
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(row.transitions).toEqual(['cancelled']);
    expect(row.decisions.get('dec_1')).toEqual({ counted: false, refusal: 'already_decided' });
    expect(row.mintAttempts).toBe(0);
  });

  it('between approval and mint stops a mint that does not answer', async () => {
    const { row, handle } = await world.start({ prepare: (prepared) => (prepared.mint = down) });
    await world.decide(handle, 'dec_1', 'approve');
    await until(() => row.mintAttempts > 0);
    await world.withdraw(row, handle);
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(row.transitions).toEqual(['cancelled']);
    expect(row.decisions.get('dec_1')).toEqual({ counted: false, refusal: 'already_decided' });
    const attempts = row.mintAttempts;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(row.mintAttempts).toBe(attempts);
  });
});

describe('a request that policy grants at once', () => {
  it('can be withdrawn while the mint does not answer', async () => {
    const { row, handle } = await world.start({ evaluation: 'auto', prepare: (prepared) => (prepared.mint = down) });
    await until(() => row.mintAttempts > 0);
    await world.withdraw(row, handle);
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(row.transitions).toEqual(['cancelled']);
  });

  it('ends as denied when the mint finds it forbidden', async () => {
    const { row, handle } = await world.start({
      evaluation: 'auto',
      prepare: (prepared) => (prepared.mint = { answers: 'forbidden_by_policy' }),
    });
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
  });
});

describe('a mint that refuses (RULES 2, 16)', () => {
  it('leaves the request pending when the approver may no longer decide, and takes the next decision', async () => {
    const { row, handle } = await world.start({ prepare: (prepared) => (prepared.mint = { answers: 'not_approver' }) });
    await world.decide(handle, 'dec_1', 'approve');
    expect(await outcomeOf(handle, 'dec_1')).toEqual({ counted: false, refusal: 'not_approver' });
    expect(await handle.query('phase')).toBe('pending');
    row.mint = { answers: 'grant' };
    await world.decide(handle, 'dec_2', 'approve');
    expect(await outcomeOf(handle, 'dec_2')).toEqual({ counted: true });
    expect((await handle.result()).status).toBe('approved');
  });

  it('lets the request expire when nobody else decides', async () => {
    const { row, handle } = await world.start({ prepare: (prepared) => (prepared.mint = { answers: 'not_approver' }) });
    await world.decide(handle, 'dec_1', 'approve');
    expect(await handle.result()).toEqual({ status: 'expired' });
    expect(row.transitions).toEqual(['expired']);
  });

  it('ends the request when policy has forbidden the scope meanwhile', async () => {
    const { row, handle } = await world.start({
      prepare: (prepared) => (prepared.mint = { answers: 'forbidden_by_policy' }),
    });
    await world.decide(handle, 'dec_1', 'approve');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
    expect(row.decisions.get('dec_1')).toEqual({ counted: false, refusal: 'forbidden_by_policy' });
  });
});

describe('a denial while the mint does not answer', () => {
  it('ends the request as denied', async () => {
    const { row, handle } = await world.start({ prepare: (prepared) => (prepared.mint = down) });
    await world.decide(handle, 'dec_1', 'approve');
    await until(() => row.mintAttempts > 0);
    await world.decide(handle, 'dec_2', 'deny');
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
  });
});
