import { sql } from 'kysely';
import { callHasEnded, callStatuses, type CallStatus } from '../../workflows/domain/call-status.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { DbOrTrx } from './connect.ts';
import { countActiveGrants, countByStatus, decisionFigures } from './statistics.ts';

/** Median and 95th percentile in seconds; null when nothing happened. */
export interface Spread {
  median: number | null;
  p95: number | null;
}

/** What an operator watches, from the database. */
export interface OperatingFigures {
  requests: ReadonlyMap<RequestStatus, number>;
  /** Calls that wait or run, by status. */
  waitingCalls: ReadonlyMap<CallStatus, number>;
  /** How calls ended that had waited for a scope, by status. */
  resumes: ReadonlyMap<CallStatus, number>;
  /** What the mint refused: to sign, or to grant on a decision. */
  mintRefusals: { credential: number; decision: number };
  activeGrants: number;
  /** From request to a person's decision, of decisions since `since`. */
  timeToDecision: Spread;
  /** From that decision to the claim of the call that waited for it. */
  approvalToResume: Spread;
}

const waiting: readonly CallStatus[] = ['parked', 'ready', 'running'];
const ended = callStatuses.filter(callHasEnded);

/** Reads the figures of this moment; those of times are over what was decided since then. */
export async function operatingFigures(db: DbOrTrx, now: Date, since: Date): Promise<OperatingFigures> {
  const [requests, waitingCalls, resumes, refusals, activeGrants, decisions, approvalToResume] = await Promise.all([
    countByStatus(db),
    countCalls(db, waiting),
    countCalls(db, ended),
    countMintRefusals(db),
    countActiveGrants(db, now),
    decisionFigures(db, since),
    resumeSpread(db, since),
  ]);
  return {
    requests,
    waitingCalls,
    resumes,
    mintRefusals: refusals,
    activeGrants,
    timeToDecision: { median: decisions.medianSeconds, p95: decisions.p95Seconds },
    approvalToResume,
  };
}

async function countCalls(db: DbOrTrx, statuses: readonly CallStatus[]): Promise<Map<CallStatus, number>> {
  const rows = await db
    .selectFrom('tool_calls')
    .select((eb) => ['status', eb.fn.countAll<string>().as('count')])
    .where('status', 'in', statuses)
    .where((eb) => eb.or([eb('status', 'in', waiting), eb('parked_count', '>', 0)]))
    .groupBy('status')
    .execute();
  return new Map(rows.map(({ status, count }) => [status, Number(count)]));
}

async function countMintRefusals(db: DbOrTrx): Promise<OperatingFigures['mintRefusals']> {
  const rows = await db
    .selectFrom('audit_events')
    .select((eb) => ['type', eb.fn.countAll<string>().as('count')])
    .where(sql<boolean>`type in ('credential.refused', 'decision.dropped')`)
    .groupBy('type')
    .execute();
  const of = (type: string): number => Number(rows.find((row) => row.type === type)?.count ?? 0);
  return { credential: of('credential.refused'), decision: of('decision.dropped') };
}

/** Of calls that a person's approval let go on; what policy granted at once never waited. */
async function resumeSpread(db: DbOrTrx, since: Date): Promise<Spread> {
  const seconds = sql`extract(epoch from tool_calls.claimed_at - scope_requests.decided_at)`;
  return db
    .selectFrom('scope_requests')
    .innerJoin('tool_calls', 'tool_calls.request_id', 'scope_requests.request_id')
    .select([
      sql<number | null>`percentile_cont(0.5) within group (order by ${seconds})`.as('median'),
      sql<number | null>`percentile_cont(0.95) within group (order by ${seconds})`.as('p95'),
    ])
    .where('scope_requests.status', '=', 'approved')
    .where('scope_requests.decided_by', 'is not', null)
    .where('scope_requests.decided_at', '>=', since)
    .whereRef('tool_calls.claimed_at', '>=', 'scope_requests.decided_at')
    .executeTakeFirstOrThrow();
}
