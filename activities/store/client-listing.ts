import { sql, type Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { ClientStatesTable } from './schema.ts';

/** What admins have said about clients, by client id. */
export async function clientStates(db: DbOrTrx): Promise<Map<string, Selectable<ClientStatesTable>>> {
  const rows = await db.selectFrom('client_states').selectAll().execute();
  return new Map(rows.map((row) => [row.client_id, row]));
}

/**
 * Every client that anybody has let act for them, that was ever granted anything, or that an admin has said something about,
 * whatever its id looks like: none may work unseen.
 */
export async function clientsInUse(db: DbOrTrx): Promise<{ clientId: string; name: string | null }[]> {
  const { rows } = await sql<{ clientId: string; name: string | null }>`
    select client_id as "clientId", max(name) as name from (
      select client_id, client_name as name from client_consents
      union all select client_id, null from grants
      union all select client_id, null from client_states where name is not null or blocked_at is not null
    ) as used group by client_id order by client_id`.execute(db);
  return rows;
}

/** What a client holds now, and for how many people. */
export interface ClientHoldings {
  clientId: string;
  activeGrants: number;
  people: number;
  lastGrantedAt: Date | null;
}

/** {@link ClientHoldings} of every client that was ever granted anything. */
export async function clientHoldings(db: DbOrTrx, now: Date): Promise<Map<string, ClientHoldings>> {
  const alive = sql`end_reason is null and expires_at > ${now}`;
  const { rows } = await sql<ClientHoldings>`
    select client_id as "clientId", count(*) filter (where ${alive})::int as "activeGrants",
      (count(distinct subject) filter (where ${alive}))::int as people, max(granted_at) as "lastGrantedAt"
    from grants group by client_id`.execute(db);
  return new Map(rows.map((row) => [row.clientId, row]));
}
