import { CompiledQuery } from 'kysely';
import type { Policy } from '../../workflows/domain/policy.ts';
import { originParameters, tokenEndedSql, type TokenOrigin } from './client-sign-ins.ts';
import type { Db, DbOrTrx } from './connect.ts';
import { allowedScopes, type Grant } from './grants.ts';
import { rolesSql, toAccount, type Account, type AccountRow } from './people.ts';
import { livePolicyKeySql, policyOfKey } from './policies.ts';
import { grantNotSuspendedSql } from './suspensions.ts';
import { clientNamedSql } from './verified-clients.ts';

/** One issued elevated token, never the token itself (RULES 12). */
export interface IssuedCredential {
  jti: string;
  grantIds: readonly string[];
  subject: string;
  clientId: string;
  resource: string;
  scopes: readonly string[];
  issuedAt: Date;
  expiresAt: Date;
}

/** Records an issued token. Only the mint role may. */
export async function insertCredential(trx: DbOrTrx, credential: IssuedCredential): Promise<void> {
  await trx
    .insertInto('credentials')
    .values({
      jti: credential.jti,
      grant_ids: [...credential.grantIds],
      subject: credential.subject,
      client_id: credential.clientId,
      resource: credential.resource,
      scopes: [...credential.scopes],
      issued_at: credential.issuedAt,
      expires_at: credential.expiresAt,
    })
    .execute();
}

/** Whoever presents a token, as the database knows them at this moment. */
export interface Standing {
  person: Account;
  policy: Policy;
  /** Somebody here has said who the client is. */
  clientVerified: boolean;
  /** An admin has blocked the client. */
  clientBlocked: boolean;
  /** The token has ended before its time: its sign-in is over, or the person took its client's consent back. */
  ended: boolean;
  /** The scopes the elevated token still carries: those of its grants that are alive now and not denied (RULES 2, 14). */
  live: readonly LiveScope[];
  /** Of a client that gets its errors in band: what it holds for this person beyond the token. */
  inBand: { live: readonly LiveScope[] } | undefined;
}

/** A scope and the living grant behind it. */
interface LiveScope {
  scope: string;
  grantId: string;
}

/**
 * Account, live policy and living grants behind a token, in one reading. The resource server asks at each request, so
 * that a revoke, a disabled account or an edited policy takes effect at once.
 *
 * @param of.jti of an elevated token; a base token has no credential.
 * @param of.clientId the token's client, which may be one that gets its errors in band.
 * @param of.allOfClient reads what the client holds in any case.
 */
export async function standingOf(
  db: Db,
  of: TokenOrigin & { jti?: string | undefined; allOfClient?: true },
  now: Date,
): Promise<Standing | undefined> {
  const { rows } = await db.executeQuery<StandingRow>(
    CompiledQuery.raw(standingSql, [of.jti ?? null, now, ...originParameters(of), of.allOfClient ?? false]),
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const person = toAccount(row);
  const policy = await policyOfKey(db, row.policyKey);
  const { ended } = row;
  const liveOf = (grants: readonly GrantOfStanding[]): LiveScope[] =>
    (person.disabled || ended ? [] : grants).flatMap((grant) =>
      allowedScopes(policy, person.roles, grant)
        .filter((scope) => grant.issued.includes(scope))
        .map((scope) => ({ scope, grantId: grant.grant_id })),
    );
  return {
    person,
    policy,
    clientVerified: row.clientVerified,
    clientBlocked: row.clientBlocked,
    ended,
    live: liveOf(row.grants),
    inBand: row.clientGrants === null ? undefined : { live: liveOf(row.clientGrants) },
  };
}

type GrantOfStanding = Pick<Grant, 'grant_id' | 'client_id' | 'scopes'> & { issued: string[] };

interface StandingRow extends AccountRow {
  policyKey: string | null;
  clientVerified: boolean;
  clientBlocked: boolean;
  ended: boolean;
  grants: GrantOfStanding[];
  /** Null unless the client gets its errors in band. */
  clientGrants: GrantOfStanding[] | null;
}

/** Asked at every request of a tool, so it is written out: nothing is built or compiled then. */
const standingSql = `
  select people.subject, people.email, people.display_name, people.disabled_at, ${rolesSql} as roles,
    ${livePolicyKeySql} as "policyKey", ${clientNamedSql('$4')} as "clientVerified", ${tokenEndedSql(3)} as ended,
    exists (select from client_states where client_id = $4 and blocked_at is not null) as "clientBlocked",
    case when $1::text is null then '[]' else coalesce((
      select json_agg(json_build_object('grant_id', grants.grant_id, 'client_id', grants.client_id,
        'scopes', grants.scopes, 'issued', credentials.scopes))
      from credentials join grants on grants.grant_id = any(credentials.grant_ids)
      where credentials.jti = $1 and grants.subject = people.subject and grants.client_id = $4
        and grants.end_reason is null and grants.expires_at > $2 and ${grantNotSuspendedSql}), '[]') end as grants,
    case when $8::boolean or exists (select from client_states where client_id = $4 and authorization_errors = 'in_band')
      then coalesce((
        select json_agg(json_build_object('grant_id', grants.grant_id, 'client_id', grants.client_id,
          'scopes', grants.scopes, 'issued', grants.scopes))
        from grants where grants.subject = people.subject and grants.client_id = $4 and grants.session_id is null
          and grants.end_reason is null and grants.expires_at > $2 and ${grantNotSuspendedSql}), '[]') end as "clientGrants"
  from people where people.subject = $3`;
