import { listAudit } from '../../activities/store/audit-log.ts';
import { findGrant } from '../../activities/store/grants.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { findRequest, reasonOf } from '../../activities/store/requests.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { GrantDetail } from '../contract/grants.ts';
import { mayCallerSee, type Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';
import { grantCalls } from './grant-calls.ts';
import { viewGrant } from './view-grant.ts';

/** A call leaves two entries. */
const entriesShown = 400;

/**
 * A grant, why it was given and what ran with it: for its holder, the approvers of its scopes and auditors.
 *
 * @throws {DomainError} `not_found`, also for what is not the caller's to see, which is audited (RULES 9)
 */
export async function grantDetail(
  deps: Pick<ApprovalDeps, 'db' | 'now'>,
  caller: Caller,
  grantId: string,
): Promise<GrantDetail> {
  const { db } = deps;
  const [grant, policy] = await Promise.all([findGrant(db, grantId), livePolicy(db)]);
  if (grant === undefined || !mayCallerSee(policy, caller, grant)) {
    if (grant !== undefined) {
      await recordRefusedAccess(db, caller, { what: 'grant', subject: grant.subject, grantId });
    }
    throw new DomainError('not_found', 'There is no such grant, or it is not yours to see.');
  }
  const now = deps.now();
  const [request, entries] = await Promise.all([
    findRequest(db, grant.request_id),
    listAudit(db, { grantId }, { limit: entriesShown + 1 }),
  ]);
  const names = await namesOf(db, [request?.decided_by ?? null]);
  const note = entries.find(({ type }) => type === 'grant.revoked')?.data['note'];
  return {
    grant: await viewGrant(deps, caller, grant, policy, now),
    request: {
      tool_name: request?.tool_name ?? null,
      justification: request === undefined ? null : reasonOf(request),
      rule: request?.rule ?? null,
      approved_by: names.get(request?.decided_by ?? '')?.email ?? 'policy',
      asked_at: (request?.created_at ?? grant.granted_at).toISOString(),
    },
    end_note: typeof note === 'string' ? note : null,
    calls: grantCalls(entries.slice(0, entriesShown)),
    more_calls: entries.length > entriesShown,
    now: now.toISOString(),
  };
}
