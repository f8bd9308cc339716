import { readFile } from 'node:fs/promises';
import type { Db } from '../store/connect.ts';
import { appendAudit } from '../store/audit.ts';
import { revokeForbiddenGrants } from '../store/grants.ts';
import { findLivePolicy, insertPolicyVersion } from '../store/policies.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { parsePolicy, PolicyFileError } from './parse-policy.ts';

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
 * Makes the policy file live when it differs from what is live, and audits the change with its version.
 *
 * @returns the live policy.
 * @throws {PolicyFileError} when the file cannot be used; the live policy then stays as it was.
 */
export async function activatePolicyFile(options: { db: Db; path: string }): Promise<Policy> {
  const { policy, source } = await readPolicyFile(options.path);
  return options.db.transaction().execute(async (trx) => {
    const live = await findLivePolicy(trx);
    if (live?.version === policy.version) return live;
    await insertPolicyVersion(trx, policy, source);
    await revokeForbiddenGrants(trx, policy, new Date());
    await appendAudit(trx, {
      type: 'policy.activated',
      actor: 'system',
      data: { version: policy.version, previous: live?.version ?? null },
    });
    return policy;
  });
}
