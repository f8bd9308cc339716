import { sql, type Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import { mcpServerClientId, ownClientIds } from '../../workflows/domain/clients.ts';
import { oidcDigest } from './oidc-payloads.ts';
import type { ClientStatesTable } from './schema.ts';

/** What admins have said about clients, by client id. */
export async function clientStates(db: DbOrTrx): Promise<Map<string, Selectable<ClientStatesTable>>> {
  const rows = await db.selectFrom('client_states').selectAll().execute();
  return new Map(rows.map((row) => [row.client_id, row]));
}

/** A client of other people, as it is known here. */
export interface ListedClient {
  /** The digest of its id, under which its registration is stored. */
  key: string;
  /** Null for a registration that nobody has used. */
  clientId: string | null;
  /** What it called itself when somebody let it act for them, or what the owner calls it. */
  name: string | null;
  used: boolean;
  /** When it was first heard of. */
  since: Date;
}

/** Where a page of {@link listedClients} ended. */
export type ClientPlace = Pick<ListedClient, 'key' | 'used' | 'since'>;

/**
 * Every client that anybody has let act for them, that was ever granted anything, that the owner has registered or that an
 * admin has said something about, whatever its id looks like: none may work unseen. Behind them the registrations that
 * nobody has used, which anybody can make. Of each the newest first.
 *
 * @param page.only the client of that id alone.
 */
export async function listedClients(
  db: DbOrTrx,
  page: { after?: ClientPlace | undefined; only?: string | undefined; limit: number },
  now: Date,
): Promise<ListedClient[]> {
  const { after, only } = page;
  const { rows } = await sql<ListedClient>`
    with used as (
      select client_id, max(name) as name, min(at) as at from (
        select client_id, client_name as name, consented_at as at from client_consents
        union all select client_id, null, min(granted_at) from grants group by client_id
        union all select client_id, null, blocked_at from client_states where name is not null or blocked_at is not null
        union all select client_id, name, created_at from registered_clients
      ) as uses where client_id <> all(${[...ownClientIds, mcpServerClientId]}::text[]) group by client_id
    ), keyed as (
      select *, rtrim(translate(encode(sha256(convert_to(client_id, 'UTF8')), 'base64'), '+/', '-_'), '=') as key from used
    ), registered as (
      select id as key, created_at from oidc_payloads
      where model = 'Client' and (expires_at is null or expires_at > ${now})
    ), listed as (
      select key, keyed.client_id, keyed.name, keyed.client_id is not null as used,
        -- As exact as what a cursor holds.
        date_trunc('milliseconds', coalesce(least(keyed.at, registered.created_at), 'epoch')) as since
      from keyed full join registered using (key)
    )
    select key, client_id as "clientId", name, used, since from listed
    where ${only === undefined ? sql`true` : sql`client_id = ${only} or key = ${oidcDigest(only)}`}
      and ${after === undefined ? sql`true` : sql`(used, since, key) < (${after.used}, ${after.since}, ${after.key})`}
    order by used desc, since desc, key desc limit ${page.limit}`.execute(db);
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
