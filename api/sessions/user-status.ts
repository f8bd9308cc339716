import type { Db } from '../../activities/store/connect.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { countPending } from '../../activities/store/requests.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { findPolicyProblem } from '../../activities/store/policy-problem.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { approvesSomething, isAuditor, mayOpenDashboard } from '../../workflows/domain/approvers.ts';
import type { UserStatus } from '../contract/user-status.ts';
import { currentFreeze } from '../freeze/freeze-view.ts';
import type { Caller } from './caller.ts';

/**
 * `GET /api/user-status`: who the caller is and what they hold now. `pending_requests` counts their own, for other people's
 * client those that it asked for.
 */
export async function userStatus(
  deps: { db: Db; demoMode: boolean; now: () => Date },
  caller: Pick<Caller, 'person' | 'clientId' | 'sessionId'>,
): Promise<UserStatus> {
  const { db } = deps;
  const { person, clientId } = caller;
  const now = deps.now();
  const [policy, scopes, pending, problem, freeze] = await Promise.all([
    livePolicy(db),
    heldScopes(
      db,
      { subject: person.subject, clientId, ...(caller.sessionId === undefined ? {} : { sessionId: caller.sessionId }) },
      now,
    ),
    countPending(db, person.subject, isFirstParty(clientId) ? undefined : clientId),
    isAuditor(person) ? findPolicyProblem(db) : undefined,
    currentFreeze(db),
  ]);
  return {
    signed_in: true,
    email: person.email,
    name: person.displayName,
    roles: [...person.roles],
    current_scopes: scopes,
    dashboard: mayOpenDashboard(policy, person),
    approver: approvesSomething(policy, person),
    pending_requests: pending,
    policy_problem:
      problem === undefined ? null : { problems: [...problem.problems], noticed_at: problem.noticedAt.toISOString() },
    freeze,
    demo_mode: deps.demoMode,
    now: now.toISOString(),
  };
}
