import { sql, type RawBuilder, type Selectable } from 'kysely';
import { denyingRule, evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { GrantEnd } from '../../workflows/domain/grant-status.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { appendAudit } from './audit.ts';
import type { DbOrTrx } from './connect.ts';
import { announce } from './events.ts';
import { findPerson, rolesOfPerson } from './people.ts';
import { withdrawTasks } from './mcp-tasks.ts';
import { livePolicyKey, policyOfKey } from './policies.ts';
import type { GrantsTable } from './schema.ts';
import { findFreeze, grantNotSuspended } from './suspensions.ts';

/** One grant as stored. */
export type Grant = Selectable<GrantsTable>;

/** For whom scopes are looked up. `sessionId` lets grants bound to that session count (RULES 13). */
export interface Holder {
  subject: string;
  clientId: string;
  sessionId?: string;
}

/** A scope held now and the grant behind it. */
export interface HeldScope {
  scope: string;
  grantId: string;
  expiresAt: Date;
}

/**
 * The one function that answers which elevated scopes a subject and client may hold now: active grants, their binding,
 * live deny rules, the state of the account and of the client, a freeze (RULES 11). Every issuing path asks it.
 *
 * @param options.lock holds the grants until the transaction ends, so that a revoke comes wholly before or after
 * (RULES 15).
 */
export async function heldGrants(
  db: DbOrTrx,
  holder: Holder,
  now: Date,
  options: { lock?: boolean } = {},
): Promise<HeldScope[]> {
  return livingGrants(db, holder, now, { counted: grantNotSuspended, lock: options.lock === true });
}

/** What {@link heldGrants} would answer but for a freeze or a blocked client: to say so, never to issue anything. */
export async function frozenGrants(db: DbOrTrx, holder: Holder, now: Date): Promise<HeldScope[]> {
  return livingGrants(db, holder, now, { counted: sql<boolean>`not (${grantNotSuspended})`, lock: false });
}

/** The scopes of {@link frozenGrants} during a freeze; null while nothing is frozen. */
export async function frozenScopes(db: DbOrTrx, holder: Holder, now: Date): Promise<ReadonlySet<string> | null> {
  if ((await findFreeze(db)) === undefined) return null;
  return new Set((await frozenGrants(db, holder, now)).map(({ scope }) => scope));
}

async function livingGrants(
  db: DbOrTrx,
  holder: Holder,
  now: Date,
  options: { counted: RawBuilder<boolean>; lock: boolean },
): Promise<HeldScope[]> {
  const grants = await db
    .selectFrom('grants')
    .innerJoin('people', 'people.subject', 'grants.subject')
    .select(['grants.grant_id', 'grants.client_id', 'grants.session_id', 'grants.scopes', 'grants.expires_at'])
    .select(rolesOfPerson.as('roles'))
    .select(livePolicyKey)
    .where('grants.subject', '=', holder.subject)
    .where('grants.client_id', '=', holder.clientId)
    .where('grants.end_reason', 'is', null)
    .where('grants.expires_at', '>', now)
    .where('people.disabled_at', 'is', null)
    .where(options.counted)
    .orderBy('grants.grant_id')
    .$if(options.lock, (query) => query.forShare('grants'))
    .execute();
  const first = grants[0];
  if (first === undefined) return [];
  const policy = await policyOfKey(db, first.policyKey);
  return grants
    .filter((grant) => grant.session_id === null || grant.session_id === holder.sessionId)
    .flatMap((grant) =>
      allowedScopes(policy, grant.roles, grant).map((scope) => ({
        scope,
        grantId: grant.grant_id,
        expiresAt: grant.expires_at,
      })),
    );
}

/** The names of {@link heldGrants}, each once, sorted. */
export async function heldScopes(db: DbOrTrx, holder: Holder, now: Date): Promise<string[]> {
  return [...new Set((await heldGrants(db, holder, now)).map(({ scope }) => scope))].sort();
}

/** The grant's scopes that live policy still knows and does not deny (RULES 2). */
export function allowedScopes(
  policy: Policy,
  roles: readonly string[],
  grant: Pick<Grant, 'scopes' | 'client_id'>,
): string[] {
  return grant.scopes.filter(
    (scope) =>
      Object.hasOwn(policy.scopes, scope) &&
      denyingRule(policy, { roles, clientId: grant.client_id }, scope) === undefined,
  );
}

/** The grant of that id. */
export async function findGrant(db: DbOrTrx, grantId: string): Promise<Grant | undefined> {
  return db.selectFrom('grants').selectAll().where('grant_id', '=', grantId).executeTakeFirst();
}

/** The grant that came of a request. */
export async function findGrantOfRequest(db: DbOrTrx, requestId: string): Promise<Grant | undefined> {
  return db.selectFrom('grants').selectAll().where('request_id', '=', requestId).executeTakeFirst();
}

/**
 * Ends a grant once, with its audit entry and event, and drops what calls parked for it have answered. From the commit on no
 * call starts with it (RULES 15). One past its end has expired, whatever it is to end as.
 *
 * @returns the grant as it is now, and whether this call ended it.
 */
export async function endGrant(
  trx: DbOrTrx,
  grantId: string,
  end: { reason: GrantEnd; by: string; at: Date; note?: string | undefined },
): Promise<{ grant: Grant; ended: boolean } | undefined> {
  const updated = await trx
    .updateTable('grants')
    .set({ end_reason: end.reason, ended_at: end.at, ended_by: end.by })
    .where('grant_id', '=', grantId)
    .where('end_reason', 'is', null)
    .$if(end.reason !== 'expired', (query) => query.where('expires_at', '>', end.at))
    .returningAll()
    .executeTakeFirst();
  if (updated === undefined) {
    const grant = await findGrant(trx, grantId);
    return grant === undefined ? undefined : { grant, ended: false };
  }
  await withdrawTasks(trx, updated.request_id, end.at);
  await appendAudit(trx, {
    type: `grant.${end.reason}`,
    actor: end.by,
    subject: updated.subject,
    clientId: updated.client_id,
    requestId: updated.request_id,
    grantId,
    sessionId: updated.session_id,
    scopes: updated.scopes,
    data: end.note === undefined ? {} : { note: end.note },
  });
  await announce(trx, { kind: 'grant', id: grantId, subject: updated.subject, scopes: updated.scopes });
  return { grant: updated, ended: true };
}

/**
 * Ends, by `policy`, every living grant with a scope that this policy now forbids to its holder (RULES 2).
 *
 * @returns the grants that it ended.
 */
export async function revokeForbiddenGrants(trx: DbOrTrx, policy: Policy, now: Date): Promise<Grant[]> {
  const revoked: Grant[] = [];
  const living = await trx
    .selectFrom('grants')
    .selectAll()
    .where('end_reason', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  for (const grant of living) {
    const person = await findPerson(trx, grant.subject);
    const holder = { roles: person?.roles ?? [], clientId: grant.client_id };
    if (grant.scopes.every((scope) => !isForbidden(policy, holder, scope))) continue;
    const result = await endGrant(trx, grant.grant_id, { reason: 'revoked', by: 'policy', at: now });
    if (result?.ended === true) revoked.push(result.grant);
  }
  return revoked;
}

/** Whether this policy gives the scope to this holder in no way at all. */
function isForbidden(policy: Policy, holder: { roles: readonly string[]; clientId: string }, scope: string): boolean {
  if (!Object.hasOwn(policy.scopes, scope)) return true;
  return evaluatePolicy(policy, { ...holder, disabled: false, scopes: [scope] }).approvalType === 'forbidden';
}
