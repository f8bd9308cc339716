import { tellGrantEnded } from '../../activities/requests/tell-grant-ended.ts';
import { endGrant } from '../../activities/store/grants.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { GrantView } from '../contract/grants.ts';
import type { Caller } from '../sessions/caller.ts';
import { viewGrant } from './view-grant.ts';

/**
 * Ends a grant before its time, for a caller who may. The row is committed first and answered after: from then on no
 * call starts with it (RULES 15). Its workflow is told for the sake of timeliness.
 *
 * @throws {DomainError} `not_found`; `already_decided` when it had ended otherwise.
 */
export async function endEarly(
  deps: ApprovalDeps,
  caller: Caller,
  grantId: string,
  policy: Policy,
  end: { reason: 'revoked' | 'returned'; note?: string | undefined },
): Promise<GrantView> {
  const now = deps.now();
  const result = await deps.db
    .transaction()
    .execute((trx) => endGrant(trx, grantId, { ...end, by: caller.person.subject, at: now }));
  if (result === undefined) throw new DomainError('not_found', 'There is no such grant, or it is not yours to see.');
  const view = await viewGrant(deps, caller, result.grant, policy, now);
  if (!result.ended && result.grant.end_reason !== end.reason) {
    throw new DomainError('already_decided', `This grant has already ended: ${view.status}.`, {
      details: { grant: view },
    });
  }
  await tellGrantEnded(deps.temporal, result.grant.request_id).catch((err: unknown) => {
    deps.logger.warn({ err, grantId }, 'the grant has ended; its workflow will notice at its end');
  });
  return view;
}
