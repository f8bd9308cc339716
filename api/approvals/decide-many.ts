import { DomainError } from '../../workflows/domain/errors.ts';
import { whyNotAlike } from '../../workflows/domain/like-requests.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { findRequests } from '../../activities/store/requests.ts';
import type { BatchDecision, BatchDecisionBody } from '../contract/batch-decisions.ts';
import { asDomainError, toProblem } from '../problems.ts';
import type { Caller } from '../sessions/caller.ts';
import { decide } from './decide.ts';
import type { ApprovalDeps } from './deps.ts';
import { isRequestVisible } from './find-visible.ts';

/** Each decision is a signal and a question to a workflow; more at once gain nothing. */
const atOnce = 4;

/**
 * Decides several like requests, each by a signed decision of its own: what fails for one is told of that one and
 * stops no other.
 *
 * @throws {DomainError} `not_alike` before anything is decided.
 */
export async function decideMany(deps: ApprovalDeps, caller: Caller, body: BatchDecisionBody): Promise<BatchDecision> {
  const ids = [...new Set(body.request_ids)];
  // What is not there, or not the caller's to see, is refused one by one below; nothing about it is told here.
  const [requests, policy] = await Promise.all([findRequests(deps.db, ids), livePolicy(deps.db)]);
  const reason = whyNotAlike(requests.filter((request) => isRequestVisible(policy, caller, request)));
  if (reason !== undefined) throw new DomainError('not_alike', reason);
  const results = new Map<string, BatchDecision['results'][number]>();
  const waiting = ids.values();
  const work = async (): Promise<void> => {
    for (const requestId of waiting) results.set(requestId, await decideOne(deps, caller, requestId, body));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { results: ids.flatMap((id) => results.get(id) ?? []), now: deps.now().toISOString() };
}

async function decideOne(
  deps: ApprovalDeps,
  caller: Caller,
  requestId: string,
  body: BatchDecisionBody,
): Promise<BatchDecision['results'][number]> {
  try {
    const { httpStatus, body: request } = await decide(deps, caller, {
      requestId,
      verdict: body.verdict,
      durationSeconds: body.verdict === 'approve' ? body.duration_seconds : undefined,
      note: (body.verdict === 'deny' ? body.reason : body.comment) || null,
      claimedEmail: undefined,
    });
    return { request_id: requestId, outcome: httpStatus === 200 ? 'decided' : 'recorded', request, problem: null };
  } catch (error) {
    const known = asDomainError(error);
    if (known.code === 'internal_error') deps.logger.error({ err: error }, 'one decision of several failed');
    return { request_id: requestId, outcome: 'refused', request: null, problem: toProblem(known) };
  }
}
