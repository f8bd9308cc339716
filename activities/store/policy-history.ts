import { sql } from 'kysely';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { DbOrTrx } from './connect.ts';

/** One policy that is or was live. */
export interface PolicyActivationRow {
  position: string;
  version: string;
  policy: Policy;
  activatedAt: Date;
  /** SHA-256 of the text that it was read from. */
  sourceDigest: string;
  /** A subject or `system`; null where the audit log has no entry of that moment. */
  activatedBy: string | null;
}

/** Policies by when they became live, the newest first. */
export async function policyHistory(
  db: DbOrTrx,
  page: { before?: string | undefined; limit: number },
): Promise<PolicyActivationRow[]> {
  // Both rows are written in one transaction, and take its time.
  const activatedBy = sql<string | null>`(select actor from audit_events
    where type = 'policy.activated' and at = activated_at and data->>'version' = version limit 1)`;
  return db
    .selectFrom('policy_versions')
    .select(['position', 'version', 'policy', 'activated_at as activatedAt'])
    .select(sql<string>`encode(sha256(convert_to(source, 'UTF8')), 'hex')`.as('sourceDigest'))
    .select(activatedBy.as('activatedBy'))
    .$if(page.before !== undefined, (query) => query.where('position', '<', page.before ?? ''))
    .orderBy('position', 'desc')
    .limit(page.limit)
    .execute();
}

/** How many people, not disabled, hold one of each list of roles. */
export async function countHolders(db: DbOrTrx, lists: readonly (readonly string[])[]): Promise<number[]> {
  const rows = await db
    .selectFrom('person_roles')
    .innerJoin('people', 'people.subject', 'person_roles.subject')
    .select(['person_roles.subject', 'person_roles.role'])
    .where('people.disabled_at', 'is', null)
    .where('person_roles.role', 'in', [...new Set(lists.flat()), ''])
    .execute();
  return lists.map(
    (roles) => new Set(rows.flatMap(({ subject, role }) => (roles.includes(role) ? [subject] : []))).size,
  );
}
