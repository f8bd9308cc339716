import { sql, type Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { FreezesTable } from './schema.ts';

/** What keeps elevated scopes of a client from counting for now, whatever its grants say. */
export type Suspension = 'grants_frozen' | 'client_blocked';

/** For queries on `grants`: no freeze is in force and the grant's client is not blocked. */
export const grantNotSuspendedSql = `not exists (select from freezes where lifted_at is null)
  and not exists (select from client_states
    where client_states.client_id = grants.client_id and client_states.blocked_at is not null)`;
/** {@link grantNotSuspendedSql} as an expression of Kysely. */
export const grantNotSuspended = sql.raw<boolean>(grantNotSuspendedSql);

/** A freeze that is in force. */
export type Freeze = Selectable<FreezesTable>;

/** The freeze that is in force, if any. */
export async function findFreeze(db: DbOrTrx): Promise<Freeze | undefined> {
  return db.selectFrom('freezes').selectAll().where('lifted_at', 'is', null).executeTakeFirst();
}

/** Whether an admin has blocked this client. */
export async function isClientBlocked(db: DbOrTrx, clientId: string): Promise<boolean> {
  const row = await db
    .selectFrom('client_states')
    .select('client_id')
    .where('client_id', '=', clientId)
    .where('blocked_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps freezes and blocks from being set until this transaction ends: for whoever turns their absence into a grant. */
export async function holdSuspensions(trx: DbOrTrx): Promise<void> {
  await sql`lock table grants in row share mode`.execute(trx);
}

/** What keeps this client from being granted anything now. */
export async function suspensionOf(db: DbOrTrx, clientId: string): Promise<Suspension | undefined> {
  const { rows } = await sql<{ blocked: boolean; frozen: boolean }>`select
    exists (select from client_states where client_id = ${clientId} and blocked_at is not null) as blocked,
    exists (select from freezes where lifted_at is null) as frozen`.execute(db);
  const [found] = rows;
  if (found?.blocked === true) return 'client_blocked';
  return found?.frozen === true ? 'grants_frozen' : undefined;
}
