import { heldScopes } from '../../activities/store/grants.ts';
import { findRequests, type ScopeRequest } from '../../activities/store/requests.ts';
import type { StepUp } from '../../activities/store/step-ups.ts';
import { findFreeze, isClientBlocked } from '../../activities/store/suspensions.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { goOn, refuse, type StepUpDeps, type StepUpResult } from './deps.ts';
import { refusalWords, withdrawnWords } from './step-up-words.ts';

/** How a step-up stands. */
export interface StepUpStanding {
  requests: ScopeRequest[];
  /** Which of what it asked for is held now. */
  held: string[];
  /** What the client is told; `undefined` while something waits. */
  result: StepUpResult | undefined;
}

/**
 * Looks at its requests and at what is held now: what was approved may have been taken back since. Whatever came of
 * them, a withdrawal is the person's answer.
 */
export async function stepUpStanding(deps: Pick<StepUpDeps, 'db' | 'now'>, stepUp: StepUp): Promise<StepUpStanding> {
  const { subject, client_id: clientId } = stepUp;
  const [requests, alive, blocked, freeze] = await Promise.all([
    findRequests(deps.db, stepUp.request_ids),
    heldScopes(deps.db, { subject, clientId }, deps.now()),
    isClientBlocked(deps.db, clientId),
    findFreeze(deps.db),
  ]);
  const held = stepUp.scopes.filter((scope) => alive.includes(scope));
  const standing = { requests, held };
  // What came to be held otherwise need not be waited for.
  const missing = held.length < stepUp.scopes.length;
  const open = missing && requests.some(({ status }) => !isTerminal(status));
  const withdrawn = stepUp.withdrawn_at !== null;
  if (open || (missing && requests.length === 0 && !withdrawn)) return { ...standing, result: undefined };
  if (withdrawn) return { ...standing, result: refuse(withdrawnWords) };
  if (blocked) return { ...standing, result: refuse('this client is blocked', 'unauthorized_client') };
  if (held.length > 0) return { ...standing, result: goOn };
  const words = requests.map((request) => refusalWords(request, freeze !== undefined));
  return { ...standing, result: refuse(words.join('; ')) };
}
