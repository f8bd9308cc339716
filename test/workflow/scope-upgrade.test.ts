import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MintResult } from '../../activities/mint/types.ts';
import type { EvaluatedRequest, JudgedDecision, RequestStanding } from '../../activities/requests/types.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import {
  approveSignal,
  cancelSignal,
  denySignal,
  grantEndedSignal,
  outcomeUpdate,
  scopeUpgradeWorkflowId,
} from '../../workflows/messages.ts';
import type { scopeUpgrade } from '../../workflows/scope-upgrade.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

const hour = 60 * 60 * 1000;

/** A request row in memory with the guards of the real one: exactly one terminal transition. */
class FakeRow {
  status: RequestStatus = 'requested';
  grantExpiresAt = 0;
  readonly transitions: RequestStatus[] = [];
  readonly log: string[] = [];
  readonly judged: string[] = [];

  end(status: RequestStatus): RequestStatus {
    if (!['requested', 'pending'].includes(this.status)) return this.status;
    this.status = status;
    this.transitions.push(status);
    return status;
  }
}

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundle;
let row: FakeRow;
let mint: () => Promise<MintResult>;
let evaluation: 'auto' | 'admin_required' | 'forbidden';
let worker: Worker;
let running: Promise<void>;
let count = 0;
let ttlMs: number;

const activities = {
  evaluateRequest: async (): Promise<EvaluatedRequest> => {
    row.status = evaluation === 'admin_required' ? 'pending' : evaluation === 'auto' ? 'requested' : row.end('denied');
    return {
      next: evaluation === 'auto' ? 'mint' : evaluation === 'forbidden' ? 'ended' : 'wait',
      status: row.status,
      approvalType: evaluation,
      rule: 'scopes.execute:commands.otherwise',
      policyVersion: 'v1',
      inputDigest: 'digest',
      scopes: ['execute:commands'],
      risk: 'critical',
      expiresAt: (await env.currentTimeMs()) + ttlMs,
    };
  },
  judgeDecision: async ({
    decision,
  }: {
    decision: { decisionId: string; verdict: string };
  }): Promise<JudgedDecision> => {
    row.judged.push(decision.decisionId);
    if (decision.decisionId.startsWith('forged'))
      return { counted: false, refusal: 'statement_invalid', status: row.status };
    if (row.status !== 'pending') return { counted: false, refusal: 'already_decided', status: row.status };
    return { counted: true, status: decision.verdict === 'deny' ? row.end('denied') : row.status };
  },
  endRequest: async ({ status }: { status: RequestStatus }): Promise<RequestStanding> => {
    const now = row.end(status);
    return now === 'approved'
      ? { status: now, grant: { grantId: 'gra_1', expiresAt: row.grantExpiresAt } }
      : { status: now };
  },
  closeGrant: async (): Promise<{ remainingMs: number }> => {
    row.log.push('closed');
    return { remainingMs: 0 };
  },
  releaseCalls: async (): Promise<{ woken: number }> => {
    row.log.push('released');
    return { woken: 1 };
  },
  wakeAfterEnd: async (): Promise<{ woken: number }> => {
    row.log.push('woken');
    return { woken: 1 };
  },
};

async function grant(): Promise<MintResult> {
  if (row.end('approved') !== 'approved') return { minted: false, refusal: 'already_decided' };
  row.grantExpiresAt = (await env.currentTimeMs()) + hour;
  return { minted: true, grantId: 'gra_1', expiresAt: row.grantExpiresAt };
}

beforeAll(async () => {
  env = await startTimeSkipping();
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/scope-upgrade.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
});
afterAll(() => env.teardown());

let mintWorker: Worker;
let mintRunning: Promise<void>;
beforeEach(async () => {
  row = new FakeRow();
  mint = grant;
  evaluation = 'admin_required';
  ttlMs = 24 * hour;
  worker = await createWorker();
  mintWorker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueues.mint,
    activities: { mintGrant: () => mint() },
  });
  running = worker.run();
  mintRunning = mintWorker.run();
});
afterEach(async () => {
  worker.shutdown();
  mintWorker.shutdown();
  await Promise.all([running, mintRunning]);
});

async function start(): Promise<WorkflowHandleWithFirstExecutionRunId<typeof scopeUpgrade>> {
  const requestId = `req_${++count}`;
  return env.client.workflow.start<typeof scopeUpgrade>('scopeUpgrade', {
    taskQueue: taskQueues.orchestration,
    workflowId: scopeUpgradeWorkflowId(requestId),
    args: [{ requestId }],
  });
}

async function createWorker(): Promise<Worker> {
  return Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueues.orchestration,
    workflowBundle: bundle,
    // Nothing sticky: each task replays, and a new worker takes over at once.
    maxCachedWorkflows: 0,
    activities,
  });
}

async function whileNoWorkerRuns(work: () => Promise<void>): Promise<void> {
  worker.shutdown();
  await running;
  await work();
  worker = await createWorker();
  running = worker.run();
}

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !condition(); attempt += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(condition()).toBe(true);
}

describe('scopeUpgrade', () => {
  it('grants at once what policy allows, releases the parked calls and closes the grant at its end', async () => {
    evaluation = 'auto';
    const handle = await start();
    expect(await handle.result()).toEqual({ status: 'approved', grantId: 'gra_1' });
    expect(row.log).toEqual(['released', 'closed']);
  });

  it('ends as denied when policy forbids', async () => {
    evaluation = 'forbidden';
    const handle = await start();
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.log).toEqual(['woken']);
  });

  it('expires when nobody decides', async () => {
    const handle = await start();
    expect(await handle.result()).toEqual({ status: 'expired' });
    expect(row.transitions).toEqual(['expired']);
    expect(row.log).toEqual(['woken']);
  });

  it('approves, and tells the approver so', async () => {
    const handle = await start();
    await handle.signal(approveSignal, { decisionId: 'dec_1', statement: 's' });
    expect(await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId: 'dec_1' }] })).toEqual({
      outcome: { counted: true },
    });
    expect(row.transitions).toEqual(['approved']);
    await handle.signal(grantEndedSignal);
    expect(await handle.result()).toEqual({ status: 'approved', grantId: 'gra_1' });
  });

  it('denies', async () => {
    const handle = await start();
    await handle.signal(denySignal, { decisionId: 'dec_1', statement: 's' });
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
  });

  it('is cancelled by its requester', async () => {
    const handle = await start();
    await handle.signal(cancelSignal);
    expect(await handle.result()).toEqual({ status: 'cancelled' });
  });

  it('changes nothing for a forged statement and goes on waiting', async () => {
    const handle = await start();
    await handle.signal(approveSignal, { decisionId: 'forged_1', statement: 'x' });
    const { outcome } = await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId: 'forged_1' }] });
    expect(outcome).toMatchObject({ counted: false, refusal: 'statement_invalid' });
    expect(row.status).toBe('pending');
    await handle.signal(denySignal, { decisionId: 'dec_2', statement: 's' });
    expect(await handle.result()).toEqual({ status: 'denied' });
  });

  it('lets the first of two deciders win and judges the other as too late', async () => {
    const handle = await start();
    await until(() => row.status === 'pending');
    await whileNoWorkerRuns(async () => {
      await handle.signal(denySignal, { decisionId: 'dec_first', statement: 's' });
      await handle.signal(approveSignal, { decisionId: 'dec_second', statement: 's' });
    });
    expect(await handle.result()).toEqual({ status: 'denied' });
    expect(row.transitions).toEqual(['denied']);
    expect(row.judged).toEqual(['dec_first', 'dec_second']);
  });

  it('lets an approval that came before the cancellation stand', async () => {
    const handle = await start();
    await handle.signal(approveSignal, { decisionId: 'dec_1', statement: 's' });
    await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId: 'dec_1' }] });
    await handle.signal(cancelSignal);
    await handle.signal(grantEndedSignal);
    expect((await handle.result()).status).toBe('approved');
    expect(row.transitions).toEqual(['approved']);
  });

  it('lets a cancellation stop a mint that does not answer', async () => {
    mint = () => Promise.reject(new Error('the mint is down'));
    const handle = await start();
    await handle.signal(approveSignal, { decisionId: 'dec_1', statement: 's' });
    await until(() => row.judged.includes('dec_1'));
    await handle.signal(cancelSignal);
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(row.transitions).toEqual(['cancelled']);
  });

  it('is pending again when the mint drops the decision, and takes the next one', async () => {
    mint = () => Promise.resolve({ minted: false, refusal: 'not_approver' });
    const handle = await start();
    await handle.signal(approveSignal, { decisionId: 'dec_1', statement: 's' });
    const { outcome } = await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId: 'dec_1' }] });
    expect(outcome).toEqual({ counted: false, refusal: 'not_approver' });
    expect(await handle.query('phase')).toBe('pending');
    mint = grant;
    await handle.signal(approveSignal, { decisionId: 'dec_2', statement: 's' });
    await handle.signal(grantEndedSignal);
    expect((await handle.result()).status).toBe('approved');
  });

  it('counts a decision that was sent before the end although a worker sees it only after', async () => {
    ttlMs = 2_000;
    const handle = await start();
    await until(() => row.status === 'pending');
    await whileNoWorkerRuns(async () => {
      await handle.signal(approveSignal, { decisionId: 'dec_in_time', statement: 's' });
      // The clock of this server runs in real time while nobody waits for a result.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    });
    expect((await handle.result()).status).toBe('approved');
    expect(row.transitions).toEqual(['approved']);
  });

  it('answers a decision on a closed grant as already decided', async () => {
    evaluation = 'auto';
    const handle = await start();
    await until(() => row.log.includes('released'));
    await handle.signal(approveSignal, { decisionId: 'dec_late', statement: 's' });
    const { outcome } = await handle.executeUpdate(outcomeUpdate, { args: [{ decisionId: 'dec_late' }] });
    expect(outcome).toMatchObject({ counted: false, refusal: 'already_decided' });
  });
});
