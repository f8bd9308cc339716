import type { Db } from '../../activities/store/connect.ts';
import {
  countActiveGrants,
  countByApprover,
  countByScope,
  countByStatus,
  decisionFigures,
} from '../../activities/store/statistics.ts';
import { countByDay, countWaiting, decisionTimes } from '../../activities/store/statistics-by-day.ts';
import { isAdmin } from '../../workflows/domain/approvers.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { Stats } from '../contract/stats.ts';
import type { Caller } from '../sessions/caller.ts';
import { dashboardOnly } from '../sessions/dashboard-only.ts';
import { dayMs, days, startOfDay } from './days.ts';

/** What the figures take. */
export interface StatsDeps {
  db: Db;
  now: () => Date;
}

const windowDays = 30;
/** Where decisions are told apart by how long they took: 1, 5, 15 minutes, 1, 4 hours, a day. */
const timeLimits = [60, 300, 900, 3_600, 14_400, 86_400] as const;
const longestList = 20;

/**
 * Figures over all requests and grants, for approvers and auditors: sums, never single requests.
 *
 * @throws {DomainError} `not_approver`
 */
export async function stats(deps: StatsDeps, caller: Caller): Promise<Stats> {
  const { db } = deps;
  // Sums tell of nobody: an admin's agent may see them, too; who decided is for people.
  const byToken = caller.mayDecide === true && isAdmin(caller.person);
  if (!byToken) await dashboardOnly(db, caller, 'These figures are');
  const now = deps.now();
  const midnight = startOfDay(now);
  const since = new Date(now.getTime() - windowDays * dayMs);
  const firstDay = new Date(midnight.getTime() - (windowDays - 1) * dayMs);
  const [total, today, figures, approvers, scopes, activeGrants, byDay, times, waiting] = await Promise.all([
    countByStatus(db),
    countByStatus(db, midnight),
    decisionFigures(db, since),
    countByApprover(db, since, longestList),
    countByScope(db, since, longestList),
    countActiveGrants(db, now),
    countByDay(db, firstDay),
    decisionTimes(db, since, timeLimits),
    countWaiting(db),
  ]);
  const { decisions, medianSeconds, p95Seconds, approved, approvedByPolicy } = figures;
  return {
    requests: { total: publicCounts(total), today: publicCounts(today) },
    time_to_decision:
      medianSeconds === null || p95Seconds === null
        ? null
        : { decisions, median_seconds: medianSeconds, p95_seconds: p95Seconds },
    automatic_share: approved === 0 ? null : approvedByPolicy / approved,
    approvals: { by_policy: approvedByPolicy, by_people: approved - approvedByPolicy },
    active_grants: activeGrants,
    days: days(firstDay, now, byDay, waiting),
    decision_times: times.map((count, index) => ({ below_seconds: timeLimits[index] ?? null, decisions: count })),
    ...(caller.kind === 'browser' ? { approvers } : {}),
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
