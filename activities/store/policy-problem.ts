import type { DbOrTrx } from './connect.ts';

/** Why the policy file as it stands cannot be used; the last good policy stays live meanwhile. */
export interface PolicyProblem {
  /** For people who know the file: each names its line. */
  problems: readonly string[];
  noticedAt: Date;
}

/** What is wrong with the policy file now. */
export async function findPolicyProblem(db: DbOrTrx): Promise<PolicyProblem | undefined> {
  const row = await db.selectFrom('policy_problem').select(['problems', 'noticed_at']).executeTakeFirst();
  return row === undefined ? undefined : { problems: row.problems, noticedAt: row.noticed_at };
}

/** @returns whether this is news: `false` when the same file has been recorded already. */
export async function recordPolicyProblem(
  trx: DbOrTrx,
  problem: { fileDigest: string; problems: readonly string[] },
): Promise<boolean> {
  const values = { file_digest: problem.fileDigest, problems: [...problem.problems], noticed_at: new Date() };
  const written = await trx
    .insertInto('policy_problem')
    .values(values)
    .onConflict((conflict) =>
      conflict.column('only_one').doUpdateSet(values).where('policy_problem.file_digest', '!=', problem.fileDigest),
    )
    .returning('file_digest')
    .executeTakeFirst();
  return written !== undefined;
}

/** @returns whether there was one. */
export async function clearPolicyProblem(trx: DbOrTrx): Promise<boolean> {
  const cleared = await trx.deleteFrom('policy_problem').returning('file_digest').executeTakeFirst();
  return cleared !== undefined;
}
