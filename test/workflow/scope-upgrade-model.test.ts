import { WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecisionOutcome } from '../../workflows/domain/decision.ts';
import { isTerminal, type RequestStatus } from '../../workflows/domain/request-status.ts';
import { cancelSignal, outcomeUpdate } from '../../workflows/messages.ts';
import type { FakeRequest, MintBehaviour } from '../support/fake-request.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { until } from '../support/until.ts';
import { startUpgradeWorld, type UpgradeHandle, type UpgradeWorld } from '../support/upgrade-world.ts';

const hour = 60 * 60 * 1000;

/** What arrives at the workflow; `who` makes duplicates. */
const signal = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('approve' as const), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deny' as const), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forge' as const), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'withdraw' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'false withdrawal' as const }) },
);
type Signal = typeof signal extends fc.Arbitrary<infer S> ? S : never;

const mint = fc.constantFrom<MintBehaviour>(
  { answers: 'grant' },
  { answers: 'not_approver' },
  { answers: 'forbidden_by_policy' },
  { answers: 'nothing', times: 2 },
);
/** Signals sent together, without waiting for what becomes of them, after some time has passed. */
const step = fc.record({
  hours: fc.constantFrom(0, 0, 0, 5, 13),
  mint: fc.option(mint, { nil: undefined, freq: 2 }),
  signals: fc.array(signal, { maxLength: 4 }),
});

let env: TestWorkflowEnvironment;
let world: UpgradeWorld;

beforeAll(async () => {
  env = await startTimeSkipping();
  world = await startUpgradeWorld(env, { cached: true });
});
afterAll(async () => {
  await world.stop();
  await env.teardown();
});

const idOf = (arriving: Signal): string | undefined =>
  arriving.kind === 'approve' || arriving.kind === 'deny'
    ? `dec_${arriving.kind}_${arriving.who}`
    : arriving.kind === 'forge'
      ? `forged_${arriving.who}`
      : undefined;

/**
 * The model: where the request may stand after these signals. Taken one by one, each ends the request or does not; a
 * denial or a withdrawal may overtake an approval that is being minted.
 */
function possible(row: FakeRequest, signals: readonly Signal[]): Set<RequestStatus> {
  let status = row.status;
  const overtaking = new Set<RequestStatus>();
  const dropped = new Set([...row.decisions.keys()]);
  let approving = false;
  let withdrawn = row.withdrawn || signals.some(({ kind }) => kind === 'withdraw');
  const end = (next: RequestStatus): void => {
    if (!isTerminal(status)) status = next;
  };
  for (const arriving of signals) {
    const id = idOf(arriving) ?? '';
    const known = dropped.has(id);
    switch (arriving.kind) {
      case 'approve':
        if (known) break;
        approving = true;
        if (row.mint.answers === 'grant' || row.mint.answers === 'nothing') end('approved');
        else if (row.mint.answers === 'forbidden_by_policy') end('denied');
        dropped.add(id);
        break;
      case 'deny':
        if (known) break;
        if (approving) overtaking.add('denied');
        end('denied');
        break;
      case 'withdraw':
        withdrawn = true;
        if (approving) overtaking.add('cancelled');
        end('cancelled');
        break;
      case 'false withdrawal':
        // Whether it was recorded by the time that the signal is looked at is the row's matter.
        if (withdrawn) {
          if (approving) overtaking.add('cancelled');
          overtaking.add('cancelled');
        }
        break;
      case 'forge':
        break;
      default:
        arriving satisfies never;
    }
  }
  return isTerminal(row.status) ? new Set([row.status]) : new Set([status, ...overtaking]);
}

async function send(row: FakeRequest, handle: UpgradeHandle, arriving: Signal): Promise<void> {
  const id = idOf(arriving);
  if (arriving.kind === 'withdraw') await world.withdraw(row, handle);
  else if (id === undefined) await handle.signal(cancelSignal);
  else await world.decide(handle, id, arriving.kind === 'deny' ? 'deny' : 'approve');
}

/** What the approver is told, `undefined` when the workflow has closed. */
async function told(handle: UpgradeHandle, decisionId: string): Promise<DecisionOutcome | undefined> {
  try {
    // A question that reaches a workflow as it closes is not answered by this server.
    const asked = () => handle.executeUpdate(outcomeUpdate, { args: [{ decisionId }] });
    return (await env.client.withDeadline(Date.now() + 5_000, asked)).outcome;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      return undefined;
    throw error;
  }
}

const closed = (error: unknown): void => {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
};

it('ends every request once and consistently, whatever the order of events', { timeout: 120_000 }, async () => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5, size: 'max' }), async (steps) => {
      const { row, handle } = await world.start();
      const answers = new Map<string, boolean>();
      await until(() => row.status === 'pending');
      for (const { hours, mint: behaviour, signals } of steps) {
        if (hours > 0) {
          await env.sleep(hours * hour);
          if ((await env.currentTimeMs()) >= row.expiresAt) await until(() => isTerminal(row.status));
        }
        if (behaviour !== undefined) row.mint = behaviour;
        const allowed = possible(row, signals);
        for (const arriving of signals) await send(row, handle, arriving).catch(closed);
        for (const id of signals.map(idOf).filter((found) => found !== undefined)) {
          const answer = await told(handle, id);
          if (answer === undefined) continue;
          // The same question never gets another answer.
          expect(answers.get(id) ?? answer.counted).toBe(answer.counted);
          answers.set(id, answer.counted);
        }
        if (row.withdrawn) await until(() => isTerminal(row.status));
        expect([...allowed]).toContain(row.status);
      }
      const { status } = await handle.result();
      ends.set(status, (ends.get(status) ?? 0) + 1);

      expect(row.transitions).toEqual([status]);
      const counted = [...row.decisions].filter(([, outcome]) => outcome.counted).map(([id]) => id);
      for (const [id, was] of answers) expect(counted.includes(id)).toBe(was);
      expect(counted.filter((id) => id.startsWith('forged'))).toEqual([]);
      expect(counted.length).toBeLessThanOrEqual(1);
      if (status === 'approved') expect(counted[0]).toMatch(/^dec_approve/);
      if (status === 'expired' || status === 'cancelled') expect(counted).toEqual([]);
      if (status === 'denied' && counted.length === 1) expect(counted[0]).toMatch(/^dec_deny/);
      if (status === 'cancelled') expect(row.withdrawn).toBe(true);
      expect(row.log.filter((entry) => entry !== 'closed')).toEqual([status === 'approved' ? 'released' : 'woken']);
    }),
    { numRuns: 60 },
  );
  // The random sequences have reached every end.
  expect([...ends.keys()].sort()).toEqual(['approved', 'cancelled', 'denied', 'expired']);
});
