import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import type { MintActivities } from '../../activities/mint/types.ts';
import type { RequestActivities, WakeActivities } from '../../activities/requests/types.ts';
import type { Verdict } from '../../workflows/domain/decision.ts';
import {
  approveSignal,
  cancelSignal,
  denySignal,
  grantEndedSignal,
  scopeUpgradeInput,
  scopeUpgradeWorkflowId,
} from '../../workflows/messages.ts';
import type { scopeUpgrade } from '../../workflows/scope-upgrade.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { FakeRequest } from './fake-request.ts';

const day = 24 * 60 * 60 * 1000;

/** A running `scopeUpgrade`. */
export type UpgradeHandle = WorkflowHandleWithFirstExecutionRunId<typeof scopeUpgrade>;

/** Workers of `scopeUpgrade` over rows in memory. */
export interface UpgradeWorld {
  /** Starts the workflow of a new row. */
  start(options?: {
    evaluation?: FakeRequest['evaluation'];
    ttlMs?: number;
    prepare?: (row: FakeRequest) => void;
  }): Promise<{ row: FakeRequest; handle: UpgradeHandle }>;
  /** Signals a decision made now, or at the given time in epoch milliseconds. */
  decide(handle: UpgradeHandle, decisionId: string, verdict: Verdict, madeAt?: number): Promise<void>;
  /** The requester's withdrawal: recorded, then signalled. */
  withdraw(row: FakeRequest, handle: UpgradeHandle): Promise<void>;
  /** Ends the grant in its row, then tells the workflow. */
  revoke(row: FakeRequest, handle: UpgradeHandle): Promise<void>;
  whileNoWorkerRuns(work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Makes a world on that server. `cached: false` replays at every task and lets a new worker take over at once. */
export async function startUpgradeWorld(env: TestWorkflowEnvironment, { cached = false } = {}): Promise<UpgradeWorld> {
  const rows = new Map<string, FakeRequest>();
  const rowOf = (requestId: string): FakeRequest => {
    const row = rows.get(requestId);
    if (row === undefined) throw new Error(`no row ${requestId}`);
    return row;
  };
  const activities: RequestActivities & WakeActivities = {
    evaluateRequest: async ({ requestId }) => rowOf(requestId).evaluate(await env.currentTimeMs()),
    judgeDecision: async ({ requestId, decision }) => rowOf(requestId).judge(decision),
    endRequest: async ({ requestId, status }) => rowOf(requestId).end(status),
    closeGrant: async ({ grantId }) => rowOf(grantId.replace('gra', 'req')).closeGrant(await env.currentTimeMs()),
    releaseCalls: async ({ requestId }) => ({ woken: rowOf(requestId).log.push('released') }),
    wakeAfterEnd: async ({ requestId }) => {
      const row = rowOf(requestId);
      await row.beforeWake();
      return { woken: row.log.push('woken') };
    },
  };
  const mint: MintActivities = {
    mintGrant: async ({ requestId, decisionId }) => rowOf(requestId).grant(decisionId, await env.currentTimeMs()),
  };
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/scope-upgrade.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const common = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
  const createWorker = (): Promise<Worker> =>
    Worker.create({
      ...common,
      taskQueue: taskQueues.orchestration,
      workflowBundle,
      activities,
      ...(cached ? {} : { maxCachedWorkflows: 0 }),
    });
  let worker = await createWorker();
  let running = worker.run();
  const mintWorker = await Worker.create({ ...common, taskQueue: taskQueues.mint, activities: { ...mint } });
  const minting = mintWorker.run();

  return {
    async start({ evaluation = 'admin_required', ttlMs = day, prepare } = {}) {
      const requestId = `req_${rows.size + 1}`;
      const row = new FakeRequest(requestId, evaluation, ttlMs);
      rows.set(requestId, row);
      prepare?.(row);
      const handle = await env.client.workflow.start<typeof scopeUpgrade>('scopeUpgrade', {
        taskQueue: taskQueues.orchestration,
        workflowId: scopeUpgradeWorkflowId(requestId),
        args: [scopeUpgradeInput(requestId)],
      });
      return { row, handle };
    },
    async decide(handle, decisionId, verdict, madeAt) {
      const statement = String(madeAt ?? (await env.currentTimeMs()));
      await handle.signal(verdict === 'approve' ? approveSignal : denySignal, { decisionId, statement });
    },
    async withdraw(row, handle) {
      row.withdrawn = true;
      await handle.signal(cancelSignal);
    },
    async revoke(row, handle) {
      row.log.push('revoked');
      await handle.signal(grantEndedSignal);
    },
    async whileNoWorkerRuns(work) {
      worker.shutdown();
      await running;
      await work();
      worker = await createWorker();
      running = worker.run();
    },
    async stop() {
      worker.shutdown();
      mintWorker.shutdown();
      await Promise.all([running, minting]);
    },
  };
}
