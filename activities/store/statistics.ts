import { sql } from 'kysely';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { DbOrTrx } from './connect.ts';

/** How many requests have which status; absent means none. */
export async function countByStatus(db: DbOrTrx, since?: Date): Promise<Map<RequestStatus, number>> {
  let query = db
    .selectFrom('scope_requests')
    .select((eb) => ['status', eb.fn.countAll<string>().as('count')])
    .groupBy('status');
  if (since !== undefined) query = query.where('created_at', '>=', since);
  return new Map((await query.execute()).map(({ status, count }) => [status, Number(count)]));
}

/** How decisions since then went. */
export interface DecisionFigures {
  /** Made by people. */
  decisions: number;
  /** Seconds from request to decision; null without decisions. */
  medianSeconds: number | null;
  p95Seconds: number | null;
  approved: number;
  approvedByPolicy: number;
}

/** Figures over the requests that were approved or denied since then. */
export async function decisionFigures(db: DbOrTrx, since: Date): Promise<DecisionFigures> {
  const seconds = sql`extract(epoch from decided_at - created_at)`;
  const byPeople = sql`decided_by is not null`;
  const row = await db
    .selectFrom('scope_requests')
    .select([
      sql<string>`count(*) filter (where ${byPeople})`.as('decisions'),
      sql<number | null>`percentile_cont(0.5) within group (order by ${seconds}) filter (where ${byPeople})`.as(
        'median',
      ),
      sql<number | null>`percentile_cont(0.95) within group (order by ${seconds}) filter (where ${byPeople})`.as('p95'),
      sql<string>`count(*) filter (where status = 'approved')`.as('approved'),
      sql<string>`count(*) filter (where status = 'approved' and decided_by is null)`.as('by_policy'),
    ])
    .where('status', 'in', ['approved', 'denied'])
    .where('decided_at', '>=', since)
    .executeTakeFirstOrThrow();
  return {
    decisions: Number(row.decisions),
    medianSeconds: row.median,
    p95Seconds: row.p95,
    approved: Number(row.approved),
    approvedByPolicy: Number(row.by_policy),
  };
}

/** How often each approver decided for somebody else since then, the busiest first. Own consents are no such decision. */
export async function countByApprover(
  db: DbOrTrx,
  since: Date,
  limit: number,
): Promise<{ email: string; approved: number; denied: number }[]> {
  const rows = await db
    .selectFrom('scope_requests')
    .innerJoin('people', 'people.subject', 'scope_requests.decided_by')
    .select([
      'people.email',
      sql<string>`count(*) filter (where status = 'approved')`.as('approved'),
      sql<string>`count(*) filter (where status = 'denied')`.as('denied'),
    ])
    .where('status', 'in', ['approved', 'denied'])
    .where('decided_at', '>=', since)
    .whereRef('scope_requests.decided_by', '!=', 'scope_requests.subject')
    .groupBy('people.email')
    .orderBy(sql`count(*)`, 'desc')
    .orderBy('people.email')
    .limit(limit)
    .execute();
  return rows.map(({ email, approved, denied }) => ({ email, approved: Number(approved), denied: Number(denied) }));
}

/** The scopes asked for most since then. */
export async function countByScope(
  db: DbOrTrx,
  since: Date,
  limit: number,
): Promise<{ scope: string; requests: number }[]> {
  const { rows } = await sql<{ scope: string; requests: string }>`
    select scope, count(*) as requests from scope_requests, unnest(scopes) as scope
    where created_at >= ${since} group by scope order by count(*) desc, scope limit ${limit}`.execute(db);
  return rows.map(({ scope, requests }) => ({ scope, requests: Number(requests) }));
}

/** How many grants are alive now (RULES 14: by the clock as well as by the row). */
export async function countActiveGrants(db: DbOrTrx, now: Date): Promise<number> {
  const { count } = await db
    .selectFrom('grants')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('end_reason', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return Number(count);
}
