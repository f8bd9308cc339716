import type { Db } from '../../activities/store/connect.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import {
  countActiveGrants,
  countByApprover,
  countByScope,
  countByStatus,
  decisionFigures,
} from '../../activities/store/statistics.ts';
import { mayOpenDashboard } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { Stats } from '../contract/stats.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';

/** What the figures take. */
export interface StatsDeps {
  db: Db;
  now: () => Date;
}

const windowMs = 30 * 24 * 60 * 60 * 1_000;
const longestList = 20;

/**
 * Figures over all requests and grants, for approvers and auditors: sums, never single requests.
 *
 * @throws {DomainError} `not_approver`
 */
export async function stats(deps: StatsDeps, caller: Caller): Promise<Stats> {
  const { db } = deps;
  if (!mayOpenDashboard(await livePolicy(db), overOthers(caller))) {
    throw new DomainError('not_approver', 'These figures are for approvers and auditors.');
  }
  const now = deps.now();
  const since = new Date(now.getTime() - windowMs);
  const midnight = new Date(now);
  midnight.setUTCHours(0, 0, 0, 0);
  const [total, today, figures, approvers, scopes, activeGrants] = await Promise.all([
    countByStatus(db),
    countByStatus(db, midnight),
    decisionFigures(db, since),
    countByApprover(db, since, longestList),
    countByScope(db, since, longestList),
    countActiveGrants(db, now),
  ]);
  const { decisions, medianSeconds, p95Seconds, approved, approvedByPolicy } = figures;
  return {
    requests: { total: publicCounts(total), today: publicCounts(today) },
    time_to_decision:
      medianSeconds === null || p95Seconds === null
        ? null
        : { decisions, median_seconds: medianSeconds, p95_seconds: p95Seconds },
    automatic_share: approved === 0 ? null : approvedByPolicy / approved,
    active_grants: activeGrants,
    approvers,
    top_scopes: scopes,
    now: now.toISOString(),
  };
}

function publicCounts(counts: ReadonlyMap<RequestStatus, number>): Stats['requests']['total'] {
  const of = (status: RequestStatus): number => counts.get(status) ?? 0;
  return {
    // Not yet looked at by policy is waiting, too.
    pending: of('requested') + of('pending'),
    approved: of('approved'),
    denied: of('denied'),
    expired: of('expired'),
    cancelled: of('cancelled'),
  };
}
