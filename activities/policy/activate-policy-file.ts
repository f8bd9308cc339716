import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Policy } from '../../workflows/domain/policy.ts';
import { appendAudit } from '../store/audit.ts';
import type { Db } from '../store/connect.ts';
import { announce } from '../store/events.ts';
import { revokeForbiddenGrants } from '../store/grants.ts';
import { findLivePolicy, insertPolicyVersion, lockPolicy } from '../store/policies.ts';
import { clearPolicyProblem, recordPolicyProblem } from '../store/policy-problem.ts';
import { parsePolicy, PolicyFileError } from './parse-policy.ts';
import { policyChanges } from './policy-changes.ts';

/** What making a policy live came to. */
export interface PolicyActivation {
  policy: Policy;
  /** The version that was live before, when this one took its place. */
  replaced: string | undefined;
  /** What differs, a line each; empty when nothing was live or nothing differs. */
  changes: readonly string[];
  /** A mistake in the file had been recorded and is mended. */
  mended: boolean;
  /** Requests whose grants this policy ended: their workflows are to be told. */
  endedRequests: readonly string[];
}

/** Reads and validates the policy file without touching the database. @throws {PolicyFileError} */
export async function readPolicyFile(path: string): Promise<{ policy: Policy; source: string }> {
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new PolicyFileError(path, [`it cannot be read (${reason}); name another with --policy`]);
  }
  return { policy: parsePolicy(source, path), source };
}

/**
 * Makes the policy file live, see {@link activatePolicy}.
 *
 * @throws {PolicyFileError} when the file cannot be used; the live policy then stays as it was.
 */
export async function activatePolicyFile(options: { db: Db; path: string }): Promise<PolicyActivation> {
  const { policy, source } = await readPolicyFile(options.path);
  return activatePolicy(options.db, policy, source);
}

/**
 * Makes a policy live when it differs from what is live, audits it with the file's digest and what changed, and ends, by
 * `policy`, the grants that it forbids (RULES 2, 4). Repeating it is harmless, and completes one that was cut off.
 *
 * @param db of the owner: no role that serves may write policy.
 */
export async function activatePolicy(db: Db, policy: Policy, source: string): Promise<PolicyActivation> {
  const activation = await db.transaction().execute(async (trx) => {
    // Waits for every mint that has read the old policy, so that none of them adds a grant unseen below.
    await lockPolicy(trx);
    const live = await findLivePolicy(trx);
    const mended = await clearPolicyProblem(trx);
    if (live?.version === policy.version) {
      if (mended) {
        await appendAudit(trx, { type: 'policy.mended', actor: 'system', data: { version: policy.version } });
        await announcePolicy(trx, policy.version);
      }
      return { replaced: undefined, changes: [], mended };
    }
    const changes = live === undefined ? [] : policyChanges(live, policy);
    await insertPolicyVersion(trx, policy, source);
    await appendAudit(trx, {
      type: 'policy.activated',
      actor: 'system',
      data: { version: policy.version, previous: live?.version ?? null, file_digest: fileDigest(source), changes },
    });
    await announcePolicy(trx, policy.version);
    return { replaced: live?.version, changes, mended };
  });
  // A transaction of its own: holding the lock above while waiting for a grant's row could deadlock with an issue.
  const ended = await db.transaction().execute((trx) => revokeForbiddenGrants(trx, policy, new Date()));
  return { policy, ...activation, endedRequests: ended.map(({ request_id }) => request_id) };
}

/**
 * Records that the policy file cannot be used, audited once for each content. What is live stays live.
 *
 * @param source the file's text, or why it cannot be read.
 * @returns whether this is news.
 */
export async function rejectPolicyFile(db: Db, source: string, problems: readonly string[]): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const digest = fileDigest(source);
    const news = await recordPolicyProblem(trx, { fileDigest: digest, problems });
    if (!news) return false;
    const live = await findLivePolicy(trx);
    await appendAudit(trx, {
      type: 'policy.rejected',
      actor: 'system',
      // The texts quote the file; they are in the log and, for admins and auditors, in the dashboard.
      data: { file_digest: digest, problems: problems.length, live: live?.version ?? null },
    });
    await announcePolicy(trx, live?.version ?? '');
    return true;
  });
}

function announcePolicy(trx: Parameters<typeof announce>[0], version: string): Promise<void> {
  return announce(trx, { kind: 'policy', id: version, subject: 'system' });
}

function fileDigest(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}
