import { sql, type Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { ClientStatesTable } from './schema.ts';

/** What admins have said about clients, by client id. */
export async function clientStates(db: DbOrTrx): Promise<Map<string, Selectable<ClientStatesTable>>> {
  const rows = await db.selectFrom('client_states').selectAll().execute();
  return new Map(rows.map((row) => [row.client_id, row]));
}

/** Clients that are known by the address of a document about them, as far as anybody has let them act for them. */
export async function documentedClients(db: DbOrTrx): Promise<{ clientId: string; name: string | null }[]> {
  return db
    .selectFrom('client_consents')
    .select((eb) => ['client_id as clientId', eb.fn.max('client_name').as('name')])
    .where('client_id', 'like', 'https://%')
    .groupBy('client_id')
    .orderBy('client_id')
    .execute();
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
