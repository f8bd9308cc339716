import { sql } from 'kysely';
import { DomainError } from '../../workflows/domain/errors.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { knownRoles } from '../../workflows/domain/roles.ts';
import { runChecked } from './checked-function.ts';
import type { DbOrTrx } from './connect.ts';
import { endGrant, type Grant } from './grants.ts';
import { findPerson, findPersonByEmail, type Account } from './people.ts';
import { livePolicy } from './policies.ts';

/** A change of somebody's roles, under a grant of whoever changes them. */
export interface RoleChange {
  grantId: string;
  /** E-mail address or subject. */
  user: string;
  roles: readonly string[];
}

/** What became of a {@link RoleChange}. */
export interface ChangedRoles {
  person: Account;
  before: readonly string[];
  /** Grants that stood on a role which is gone. */
  ended: readonly Grant[];
}

/**
 * Sets the roles of a person (RULES 4). What is allowed is checked where it is written, in the database: the grant is
 * alive and of somebody else, and an admin is left. Grants that stood on a role end in the same transaction. Call it in
 * a transaction.
 *
 * @throws {DomainError} `not_found`, `unknown_role`, `insufficient_scope`, `own_account`, `last_admin`
 */
export async function setPersonRoles(trx: DbOrTrx, change: RoleChange, now: Date): Promise<ChangedRoles> {
  const { user } = change;
  const target = user.includes('@') ? await findPersonByEmail(trx, user) : await findPerson(trx, user);
  if (target === undefined) throw new DomainError('not_found', 'There is nobody of that address or id.');
  const policy = await livePolicy(trx);
  refuseUnknownRoles(policy, target, change.roles);
  const roles = [...new Set(change.roles)];
  const before = await runChecked<string[]>(
    trx,
    sql`set_person_roles(${change.grantId}, ${target.subject}, ${roles}::text[])`,
  );
  const person = { ...target, roles: roles.sort() };
  return { person, before, ended: await endGrantsWithoutFooting(trx, policy, person, now) };
}

/** A role the person has already may stay, although the policy no longer knows it. */
function refuseUnknownRoles(policy: Policy, target: Account, roles: readonly string[]): void {
  const known = knownRoles(policy);
  const unknown = roles.filter((role) => !known.includes(role) && !target.roles.includes(role));
  if (unknown.length > 0) {
    throw new DomainError(
      'unknown_role',
      `The policy knows no role ${unknown.map((role) => `"${role}"`).join(', ')}. It knows: ${known.join(', ')}.`,
    );
  }
}

/**
 * Ends, by `policy`, the living grants of a person whose roles have changed that are now forbidden, or that policy gave
 * at once for a role which is gone (RULES 2). What another person approved was given to the person, not to a role: it
 * stays.
 */
async function endGrantsWithoutFooting(
  trx: DbOrTrx,
  policy: Policy,
  person: Account,
  now: Date,
): Promise<readonly Grant[]> {
  const living = await trx
    .selectFrom('grants')
    .innerJoin('scope_requests', 'scope_requests.request_id', 'grants.request_id')
    .selectAll('grants')
    .select('scope_requests.decided_by')
    .where('grants.subject', '=', person.subject)
    .where('grants.end_reason', 'is', null)
    .where('grants.expires_at', '>', now)
    .orderBy('grants.grant_id')
    .execute();
  const ended: Grant[] = [];
  for (const { decided_by: decidedBy, ...grant } of living) {
    const byAnother = decidedBy !== null && decidedBy !== person.subject;
    if (stands(policy, person, grant, byAnother)) continue;
    const note = 'The roles it stood on have changed.';
    const result = await endGrant(trx, grant.grant_id, { reason: 'revoked', by: 'policy', at: now, note });
    if (result?.ended === true) ended.push(result.grant);
  }
  return ended;
}

function stands(policy: Policy, person: Account, grant: Grant, approvedByPerson: boolean): boolean {
  const { roles, disabled } = person;
  const known = grant.scopes.every((scope) => Object.hasOwn(policy.scopes, scope));
  if (!known) return false;
  const { approvalType } = evaluatePolicy(policy, {
    roles,
    disabled,
    clientId: grant.client_id,
    scopes: grant.scopes,
  });
  if (approvalType === 'forbidden') return false;
  return approvedByPerson || approvalType !== 'admin_required';
}
