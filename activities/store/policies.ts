import { sql } from 'kysely';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { DbOrTrx } from './connect.ts';

/** Names one activation of one database; versions alone repeat when an edit is taken back. */
const keySql = `position || ' ' || version || ' ' || activated_at`;
/** The key of what is live now. */
export const livePolicyKeySql = `(select ${keySql} from policy_versions order by position desc limit 1)`;

/**
 * The policy that this process read last; a row of `policy_versions` never changes. Which one is live is asked every
 * time, so that this saves the reading, never the looking.
 */
let lastRead: { key: string; policy: Policy } | undefined;

/** The column by which a query of something else also learns which policy is live; see {@link policyOfKey}. */
export const livePolicyKey = sql.raw<string | null>(livePolicyKeySql).as('policyKey');

/** The policy of a {@link livePolicyKey} that was read in this transaction. @throws when none has been activated */
export async function policyOfKey(db: DbOrTrx, key: string | null): Promise<Policy> {
  return lastRead !== undefined && lastRead.key === key ? lastRead.policy : livePolicy(db);
}

/** The policy that is live now, if any has been activated. */
export async function findLivePolicy(db: DbOrTrx): Promise<Policy | undefined> {
  const { policyKey } = await db.selectNoFrom(livePolicyKey).executeTakeFirstOrThrow();
  if (policyKey === null) return undefined;
  if (lastRead?.key === policyKey) return lastRead.policy;
  const row = await db
    .selectFrom('policy_versions')
    .select(['policy', sql.raw<string>(keySql).as('key')])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  lastRead = { key: row.key, policy: row.policy };
  return row.policy;
}

/** The live policy. @throws when none has been activated, which startup rules out. */
export async function livePolicy(db: DbOrTrx): Promise<Policy> {
  const policy = await findLivePolicy(db);
  if (policy === undefined) throw new Error('No policy is live: start with a policy file.');
  return policy;
}

/** A policy that has been live, and since when it last was. */
export async function findPolicyVersion(
  db: DbOrTrx,
  version: string,
): Promise<{ policy: Policy; activatedAt: Date } | undefined> {
  return db
    .selectFrom('policy_versions')
    .select(['policy', 'activated_at as activatedAt'])
    .where('version', '=', version)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Adds a policy version, which is live from the commit on. */
export async function insertPolicyVersion(db: DbOrTrx, policy: Policy, source: string): Promise<void> {
  await db
    .insertInto('policy_versions')
    .values({ version: policy.version, policy: JSON.stringify(policy), source })
    .execute();
}

/** Any number fixed for all processes: the key of PostgreSQL's advisory lock around policy and minting. */
const policyLockKey = 20_261_122;

/** Keeps the live policy what it is until this transaction ends: for whoever turns its verdict into a grant. */
export async function holdPolicy(trx: DbOrTrx): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${policyLockKey})`.execute(trx);
}

/** Waits for all who hold the policy, and keeps others from holding it until this transaction ends. */
export async function lockPolicy(trx: DbOrTrx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${policyLockKey})`.execute(trx);
}
