import { approvesScopes, maySee } from '../../workflows/domain/approvers.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { findGrant, type Grant } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { findRequest } from '../../activities/store/requests.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { GrantView } from '../contract/grants.ts';
import { revokesByToken } from '../sessions/deciding-token.ts';
import type { Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';
import { endEarly } from './end-early.ts';

const byToken =
  'Revoking through a client needs the scope approve:requests, and never ends what is critical or of the same client. Revoke in the dashboard instead.';

async function whyNotRevoke(
  { db }: Pick<ApprovalDeps, 'db'>,
  policy: Policy,
  caller: Caller,
  grant: Grant,
): Promise<'insufficient_scope' | 'not_approver' | undefined> {
  if (caller.kind === 'bearer') {
    const request = await findRequest(db, grant.request_id);
    return revokesByToken(policy, caller, grant, request) ? undefined : 'insufficient_scope';
  }
  return approvesScopes(policy, caller.person, grant.scopes) ? undefined : 'not_approver';
}

/**
 * Ends a grant early. The row is committed first and answered after: from then on no call starts with it (RULES 15).
 * Revoking an ended grant is 409 with how it ended.
 *
 * @throws {DomainError} `not_found`, `not_approver`, `insufficient_scope`, `already_decided`
 */
export async function revokeGrant(
  deps: ApprovalDeps,
  caller: Caller,
  grantId: string,
  reason: string | undefined,
): Promise<GrantView> {
  const policy = await livePolicy(deps.db);
  const grant = await findGrant(deps.db, grantId);
  if (grant === undefined || !maySee(policy, caller.person, grant)) {
    // The same as of a grant that is there: a token learns nothing about which are.
    if (caller.kind === 'bearer') throw new DomainError('insufficient_scope', byToken);
    throw new DomainError('not_found', 'There is no such grant, or it is not yours to see.');
  }
  const refusal = await whyNotRevoke(deps, policy, caller, grant);
  if (refusal !== undefined) {
    const { subject, scopes } = grant;
    await recordRefusedAccess(deps.db, caller, { what: 'revoke', code: refusal, subject, grantId, scopes });
    throw new DomainError(
      refusal,
      refusal === 'not_approver' ? 'The policy does not name you as an approver of these scopes.' : byToken,
    );
  }
  return endEarly(deps, caller, grantId, policy, { reason: 'revoked', note: reason });
}
