import type { Policy } from '../../workflows/domain/policy.ts';
import type { DbOrTrx } from './connect.ts';

/** The policy that is live now, if any has been activated. */
export async function findLivePolicy(db: DbOrTrx): Promise<Policy | undefined> {
  const row = await db
    .selectFrom('policy_versions')
    .select('policy')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.policy;
}

/** The live policy. @throws when none has been activated, which startup rules out. */
export async function livePolicy(db: DbOrTrx): Promise<Policy> {
  const policy = await findLivePolicy(db);
  if (policy === undefined) throw new Error('No policy is live: start with a policy file.');
  return policy;
}

/** Adds a policy version, which is live from the commit on. */
export async function insertPolicyVersion(db: DbOrTrx, policy: Policy, source: string): Promise<void> {
  await db
    .insertInto('policy_versions')
    .values({ version: policy.version, policy: JSON.stringify(policy), source })
    .execute();
}
