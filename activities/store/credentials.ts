import { CompiledQuery } from 'kysely';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { Db, DbOrTrx } from './connect.ts';
import { allowedScopes, type Grant } from './grants.ts';
import { rolesSql, toAccount, type Account, type AccountRow } from './people.ts';
import { livePolicyKeySql, policyOfKey } from './policies.ts';
import { grantNotSuspendedSql } from './suspensions.ts';

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
  /** The scopes the elevated token still carries: those of its grants that are alive now and not denied (RULES 2, 14). */
  live: readonly { scope: string; grantId: string }[];
}

/**
 * Account, live policy and living grants behind a token, in one reading. The resource server asks at each request, so
 * that a revoke, a disabled account or an edited policy takes effect at once.
 *
 * @param of.jti of an elevated token; a base token has no credential.
 */
export async function standingOf(
  db: Db,
  of: { subject: string; jti?: string | undefined },
  now: Date,
): Promise<Standing | undefined> {
  const { rows } = await db.executeQuery<StandingRow>(
    CompiledQuery.raw(standingSql, [of.subject, of.jti ?? null, now]),
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const person = toAccount(row);
  const policy = await policyOfKey(db, row.policyKey);
  if (person.disabled) return { person, policy, live: [] };
  const live = row.grants.flatMap((grant) =>
    allowedScopes(policy, person.roles, grant)
      .filter((scope) => grant.issued.includes(scope))
      .map((scope) => ({ scope, grantId: grant.grant_id })),
  );
  return { person, policy, live };
}

interface StandingRow extends AccountRow {
  policyKey: string | null;
  grants: (Pick<Grant, 'grant_id' | 'client_id' | 'scopes'> & { issued: string[] })[];
}

/** Asked at every request of a tool, so it is written out: nothing is built or compiled then. */
const standingSql = `
  select people.subject, people.email, people.display_name, people.disabled_at, ${rolesSql} as roles,
    ${livePolicyKeySql} as "policyKey",
    case when $2::text is null then '[]' else coalesce((
      select json_agg(json_build_object('grant_id', grants.grant_id, 'client_id', grants.client_id,
        'scopes', grants.scopes, 'issued', credentials.scopes))
      from credentials join grants on grants.grant_id = any(credentials.grant_ids)
      where credentials.jti = $2 and grants.subject = people.subject
        and grants.end_reason is null and grants.expires_at > $3 and ${grantNotSuspendedSql}), '[]') end as grants
  from people where people.subject = $1`;
