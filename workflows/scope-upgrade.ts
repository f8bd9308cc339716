import {
  allHandlersFinished,
  condition,
  log,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { MintActivities, MintResult } from '../activities/mint/types.ts';
import type {
  ArrivedDecision,
  RequestActivities,
  RequestStanding,
  WakeActivities,
} from '../activities/requests/types.ts';
import type { DecisionOutcome } from './domain/decision.ts';
import { isTerminal, type RequestStatus } from './domain/request-status.ts';
import {
  approveSignal,
  cancelSignal,
  denySignal,
  grantEndedSignal,
  outcomeUpdate,
  phaseQuery,
  type ScopeUpgradeInput,
} from './messages.ts';
import { searchAttributes } from './search-attributes.ts';
import { taskQueues } from './task-queues.ts';

const local = proxyLocalActivities<RequestActivities & Pick<WakeActivities, 'releaseCalls'>>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '5s' },
});
const { releaseCalls, wakeAfterEnd } = proxyActivities<WakeActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '10s' },
});
const { mintGrant } = proxyActivities<MintActivities>({
  taskQueue: taskQueues.mint,
  startToCloseTimeout: '10s',
  retry: { initialInterval: '250ms', maximumInterval: '5s' },
});

/** How a request ended; a grant that followed has ended too when this is returned. */
export interface ScopeUpgradeResult {
  status: RequestStatus;
  grantId?: string;
}

interface MintedGrant {
  grantId: string;
  expiresAt: number;
}

type Arrival = { kind: 'decision'; decision: ArrivedDecision } | { kind: 'cancel' };

/** What cannot wait for the mint: the requester's withdrawal, and an approver's denial. */
const stopsMint = (arrival: Arrival): boolean => arrival.kind === 'cancel' || arrival.decision.verdict === 'deny';

/**
 * One scope upgrade, from the stored request to the end of its grant. Policy first; then granted at once, or wait for
 * the first of decision, cancellation and expiry, in the order in which they arrived (RULES 16, 17).
 */
export async function scopeUpgrade({ requestId, revision = 0 }: ScopeUpgradeInput): Promise<ScopeUpgradeResult> {
  const arrivals: Arrival[] = [];
  const outcomes = new Map<string, DecisionOutcome>();
  let phase = 'evaluating';
  let grantEnded = false;

  setHandler(
    approveSignal,
    (decision) => void arrivals.push({ kind: 'decision', decision: { ...decision, verdict: 'approve' } }),
  );
  setHandler(
    denySignal,
    (decision) => void arrivals.push({ kind: 'decision', decision: { ...decision, verdict: 'deny' } }),
  );
  setHandler(cancelSignal, () => void arrivals.push({ kind: 'cancel' }));
  setHandler(grantEndedSignal, () => {
    grantEnded = true;
  });
  setHandler(phaseQuery, () => phase);
  setHandler(outcomeUpdate, async ({ decisionId }) => {
    await condition(() => outcomes.has(decisionId) || phase === 'closed');
    return { outcome: outcomes.get(decisionId) ?? { counted: false, refusal: 'already_decided' } };
  });

  const setPhase = (next: string, status: RequestStatus): void => {
    phase = next;
    upsertSearchAttributes([{ key: searchAttributes.status, value: status }]);
  };

  /** A decision that came too late to matter is judged all the same, so that its approver is told and it is audited. */
  const judgeLeftovers = async (): Promise<void> => {
    for (let arrival = arrivals.shift(); arrival !== undefined; arrival = arrivals.shift()) {
      if (arrival.kind === 'decision') {
        const { decision } = arrival;
        outcomes.set(decision.decisionId, await local.judgeDecision({ requestId, decision }));
      }
    }
  };

  const finish = async (result: ScopeUpgradeResult): Promise<ScopeUpgradeResult> => {
    await judgeLeftovers();
    phase = 'closed';
    await condition(allHandlersFinished);
    return result;
  };

  const standing = await decide();
  if (standing.grant === undefined) {
    setPhase('ended', standing.status);
    await wakeAfterEnd({ requestId });
    return finish({ status: standing.status });
  }
  const { grantId } = standing.grant;
  setPhase('granted', 'approved');
  // Beside the workflow: nobody waits for another activity's way for what has been approved.
  if (revision >= 1) await local.releaseCalls({ requestId, grantId });
  else await releaseCalls({ requestId, grantId });
  await holdGrant(standing.grant);
  return finish({ status: 'approved', grantId });

  async function decide(): Promise<RequestStanding> {
    const evaluated = await local.evaluateRequest({ requestId });
    upsertSearchAttributes([
      { key: searchAttributes.status, value: evaluated.status === 'requested' ? 'pending' : evaluated.status },
      { key: searchAttributes.scopes, value: evaluated.scopes },
      { key: searchAttributes.risk, value: evaluated.risk },
      { key: searchAttributes.approvalType, value: evaluated.approvalType },
    ]);
    if (evaluated.next === 'ended') return { status: evaluated.status };
    if (evaluated.next === 'mint') {
      phase = 'minting';
      const standing = await mintUnlessStopped();
      return standing ?? local.endRequest({ requestId, status: 'denied', reason: 'forbidden_by_policy' });
    }
    phase = 'pending';
    return waitForDecision(evaluated.expiresAt);
  }

  async function waitForDecision(expiresAt: number): Promise<RequestStanding> {
    for (;;) {
      const remainingMs = expiresAt - Date.now();
      // The boolean of condition() is not the answer: signals of the same activation come before the timer.
      if (remainingMs > 0) await condition(() => arrivals.length > 0, remainingMs);
      const arrival = arrivals.shift();
      if (arrival === undefined) {
        if (Date.now() < expiresAt) continue;
        const standing = await local.endRequest({ requestId, status: 'expired' });
        if (standing.unjudged === undefined) return standing;
        // Their signals were lost; what was recorded in time counts whenever it is judged (RULES 17).
        arrivals.push(...standing.unjudged.map((decision) => ({ kind: 'decision' as const, decision })));
      } else if (arrival.kind === 'cancel') {
        const standing = await local.endRequest({ requestId, status: 'cancelled' });
        if (isTerminal(standing.status)) return standing;
      } else {
        const ended = await take(arrival.decision);
        if (ended !== undefined) return ended;
      }
    }
  }

  /** @returns how the request ended, or `undefined` when the decision changed nothing. */
  async function take(decision: ArrivedDecision): Promise<RequestStanding | undefined> {
    const judged = await local.judgeDecision({ requestId, decision });
    if (!judged.counted || decision.verdict === 'deny') {
      outcomes.set(decision.decisionId, judged);
      if (judged.counted) return { status: judged.status };
      // Nobody else can decide what was left to its requester: it ends rather than wait for nothing.
      return judged.refusal === 'forbidden_by_policy'
        ? local.endRequest({ requestId, status: 'denied', reason: 'forbidden_by_policy' })
        : undefined;
    }
    phase = 'minting';
    const standing = await mintUnlessStopped(decision.decisionId);
    if (standing === undefined) {
      phase = 'pending';
      return undefined;
    }
    // Ended otherwise before it was minted: judged again, so that its record and the audit say so.
    const minted = standing.grant !== undefined;
    outcomes.set(decision.decisionId, minted ? { counted: true } : await local.judgeDecision({ requestId, decision }));
    return standing;
  }

  /**
   * Mints, for as long as it takes the mint to answer. A withdrawal or a denial in between stops the attempt, and the
   * row decides which of the two came first (RULES 15).
   */
  async function mintUnlessStopped(decisionId?: string): Promise<RequestStanding | undefined> {
    let result: MintResult | undefined;
    const minting = mintGrant(decisionId === undefined ? { requestId } : { requestId, decisionId }).then((value) => {
      result = value;
    });
    for (;;) {
      await Promise.race([minting, condition(() => arrivals.some(stopsMint))]);
      if (result !== undefined) break;
      const index = arrivals.findIndex(stopsMint);
      const [arrival] = arrivals.splice(index, 1);
      const standing = arrival === undefined ? undefined : await stopMint(arrival);
      // The attempt needs no cancelling: the mint finds the row ended, and the end of this workflow ends its retries.
      if (standing !== undefined) return standing;
    }
    if (result.minted) return { status: 'approved', grant: result };
    if (decisionId !== undefined) outcomes.set(decisionId, { counted: false, refusal: result.refusal });
    if (result.refusal === 'forbidden_by_policy') {
      return local.endRequest({ requestId, status: 'denied', reason: 'forbidden_by_policy' });
    }
    log.info('the mint refused', { refusal: result.refusal });
    return undefined;
  }

  /** @returns how the request ended, or `undefined` when the arrival changed nothing. */
  async function stopMint(arrival: Arrival): Promise<RequestStanding | undefined> {
    if (arrival.kind === 'cancel') {
      const standing = await local.endRequest({ requestId, status: 'cancelled' });
      return isTerminal(standing.status) ? standing : undefined;
    }
    const judged = await local.judgeDecision({ requestId, decision: arrival.decision });
    outcomes.set(arrival.decision.decisionId, judged);
    return judged.counted ? { status: judged.status } : undefined;
  }

  /** Stays until the grant has ended; late decisions are answered meanwhile. */
  async function holdGrant(grant: MintedGrant): Promise<void> {
    let remainingMs = grant.expiresAt - Date.now();
    for (;;) {
      if (remainingMs > 0) await condition(() => grantEnded || arrivals.length > 0, remainingMs);
      await judgeLeftovers();
      // A plain wake-up for a late decision is no reason to ask the database about the grant.
      const due = grant.expiresAt - Date.now();
      if (!grantEnded && due > 0) {
        remainingMs = due;
        continue;
      }
      remainingMs = (await local.closeGrant({ grantId: grant.grantId })).remainingMs;
      if (remainingMs <= 0) return;
      grantEnded = false;
    }
  }
}
