import type { ApprovalType } from './approval-type.ts';
import type { Policy } from './policy.ts';

/** How long a refused step-up gets the same answer, where policy does not say. */
export const defaultStepUpCoolDownMs = 10 * 60 * 1_000;

/** How long a refused step-up gets the same answer. */
export function coolDownMs(policy: Pick<Policy, 'stepUpCoolDownMs'>): number {
  return policy.stepUpCoolDownMs ?? defaultStepUpCoolDownMs;
}

/** How a request was answered, as far as it matters to what is asked now. */
export interface EarlierAnswer {
  requestId: string;
  status: 'denied' | 'expired' | 'approved';
  scopes: readonly string[];
  /** Null where no person decided. */
  decidedBy: string | null;
  /** What the approver or the policy said. */
  reason: string | null;
  endedAt: Date;
  /** What was granted of it; null where nothing was. */
  granted: readonly string[] | null;
}

/** A request that waits. */
export interface OpenQuestion {
  scopes: readonly string[];
  askedAt: Date;
}

/**
 * Which of these scopes would only be refused again, and by which answer. Pure.
 *
 * @param earlier of the same person and client: the answers within the cool-down, the latest first, and what waits.
 * @param verdict what live policy says of one scope.
 */
export function refusedAgain(
  earlier: { answers: readonly EarlierAnswer[]; open: readonly OpenQuestion[] },
  scopes: readonly string[],
  verdict: (scope: string) => ApprovalType,
): { scope: string; answer: EarlierAnswer }[] {
  return scopes.flatMap((scope) => {
    const answer = earlier.answers.find((one) => one.scopes.includes(scope));
    if (answer === undefined) return [];
    if (answer.status === 'approved' && answer.granted?.includes(scope) === true) return [];
    if (earlier.open.some((one) => one.scopes.includes(scope) && one.askedAt >= answer.endedAt)) return [];
    const now = verdict(scope);
    if (now === 'auto') return [];
    // What the policy refused then and leaves to a person now has not been asked of anybody.
    if (answer.status === 'denied' && answer.decidedBy === null && now !== 'forbidden') return [];
    return [{ scope, answer }];
  });
}
