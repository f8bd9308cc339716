import type { Db } from '../../activities/store/connect.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { mayOpenDashboard } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { overOthers, type Caller } from './caller.ts';

/**
 * Refuses whom the dashboard does not open for (RULES 1).
 *
 * @param what is refused, such as `These figures are`
 * @returns the live policy
 * @throws {DomainError} `not_approver`
 */
export async function dashboardOnly(db: Db, caller: Caller, what: string): Promise<Policy> {
  const policy = await livePolicy(db);
  if (mayOpenDashboard(policy, overOthers(caller))) return policy;
  throw new DomainError('not_approver', `${what} for approvers and auditors.`);
}
