import { sql } from 'kysely';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { DbOrTrx } from './connect.ts';

/** How many requests were made on a day (UTC, `2026-11-25`), or ended on it as this. */
export interface DayCount {
  day: string;
  what: 'asked' | RequestStatus;
  count: number;
}

/** What was asked and how requests ended, by day: from two indexes, without a look at the requests themselves. */
export async function countByDay(db: DbOrTrx, since: Date): Promise<DayCount[]> {
  const { rows } = await sql<{ day: string; what: DayCount['what']; count: string }>`
    select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, 'asked' as what, count(*) as count
    from scope_requests where created_at >= ${since} group by 1
    union all
    select to_char(decided_at at time zone 'UTC', 'YYYY-MM-DD'), status, count(*)
    from scope_requests where decided_at >= ${since} group by 1, 2`.execute(db);
  return rows.map(({ day, what, count }) => ({ day, what, count: Number(count) }));
}

/** How many decisions of people since then took less than each of these, in order, and how many took longer. */
export async function decisionTimes(db: DbOrTrx, since: Date, seconds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ bucket: number; count: string }>`
    select width_bucket(extract(epoch from decided_at - created_at)::float8, ${[...seconds]}::float8[]) as bucket,
      count(*) as count
    from scope_requests
    where decided_at >= ${since} and decided_by is not null and status in ('approved', 'denied') group by 1`.execute(
    db,
  );
  const counts = new Map(rows.map(({ bucket, count }) => [bucket, Number(count)]));
  return Array.from({ length: seconds.length + 1 }, (_, bucket) => counts.get(bucket) ?? 0);
}

/** How many requests wait now. */
export async function countWaiting(db: DbOrTrx): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from scope_requests where status in ('requested', 'pending')`.execute(db);
  return Number(rows[0]?.count ?? 0);
}
