import { allowedScopes, type HeldScope } from './grants.ts';
import type { Db, DbOrTrx } from './connect.ts';
import { findPerson } from './people.ts';
import { livePolicy } from './policies.ts';

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

/**
 * The scopes an elevated token still carries: those of its grants that are alive now and not denied (RULES 2, 14).
 * The resource server asks at each call, so a revoke takes effect at once.
 */
export async function liveScopesOfCredential(db: Db, jti: string, now: Date): Promise<HeldScope[]> {
  const grants = await db
    .selectFrom('credentials')
    .innerJoin('grants', (join) => join.on((eb) => eb('grants.grant_id', '=', eb.fn.any('credentials.grant_ids'))))
    .select([
      'grants.grant_id',
      'grants.client_id',
      'grants.subject',
      'grants.scopes',
      'grants.expires_at',
      'credentials.scopes as issued',
    ])
    .where('credentials.jti', '=', jti)
    .where('grants.end_reason', 'is', null)
    .where('grants.expires_at', '>', now)
    .execute();
  const first = grants[0];
  if (first === undefined) return [];
  const [person, policy] = await Promise.all([findPerson(db, first.subject), livePolicy(db)]);
  if (person === undefined || person.disabled) return [];
  return grants.flatMap((grant) =>
    allowedScopes(policy, person.roles, grant)
      .filter((scope) => grant.issued.includes(scope))
      .map((scope) => ({ scope, grantId: grant.grant_id, expiresAt: grant.expires_at })),
  );
}
