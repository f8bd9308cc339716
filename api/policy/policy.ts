import type { z } from 'zod';
import { policyChanges } from '../../activities/policy/policy-changes.ts';
import type { Db } from '../../activities/store/connect.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { countHolders, policyHistory, type PolicyActivationRow } from '../../activities/store/policy-history.ts';
import type { policyVersionsQuerySchema, PolicyVersions, PolicyView } from '../contract/policy.ts';
import type { Caller } from '../sessions/caller.ts';
import { dashboardOnly } from '../sessions/dashboard-only.ts';
import { policyView } from './policy-view.ts';

/** What reading the policy takes. */
export interface PolicyDeps {
  db: Db;
  now: () => Date;
}

/** The live policy, for whom the dashboard opens. @throws {DomainError} `not_approver` */
export async function readPolicy(deps: PolicyDeps, caller: Caller): Promise<PolicyView> {
  const { db } = deps;
  await dashboardOnly(db, caller, 'The policy is');
  const [live] = await policyHistory(db, { limit: 1 });
  if (live === undefined) throw new Error('No policy is live: start with a policy file.');
  const [names, holders] = await Promise.all([
    namesOf(db, [live.activatedBy]),
    countHolders(
      db,
      Object.values(live.policy.scopes).map(({ approverRoles }) => approverRoles),
    ),
  ]);
  return policyView(live, shown(names, live), holders, deps.now());
}

/** Every policy that was live and what each changed, for whom the dashboard opens. @throws {DomainError} `not_approver` */
export async function policyVersions(
  deps: PolicyDeps,
  caller: Caller,
  query: z.output<typeof policyVersionsQuerySchema>,
): Promise<PolicyVersions> {
  const { db } = deps;
  await dashboardOnly(db, caller, 'The policy is');
  const [rows, newest] = await Promise.all([
    // One more than shown is what the last one shown is compared with.
    policyHistory(db, { before: query.cursor, limit: query.limit + 1 }),
    policyHistory(db, { limit: 1 }),
  ]);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const names = await namesOf(
    db,
    page.map(({ activatedBy }) => activatedBy),
  );
  return {
    versions: page.map((row, index) => {
      const before = rows[index + 1];
      return {
        position: row.position,
        version: row.version,
        activated_at: row.activatedAt.toISOString(),
        activated_by: shown(names, row),
        source_digest: row.sourceDigest,
        live: row.position === newest[0]?.position,
        previous: before?.version ?? null,
        changes: before === undefined ? [] : policyChanges(before.policy, row.policy),
      };
    }),
    ...(rows.length > query.limit && last !== undefined ? { next_cursor: last.position } : {}),
    now: deps.now().toISOString(),
  };
}

function shown(names: Map<string, { email: string }>, { activatedBy }: PolicyActivationRow): string | null {
  return activatedBy === null ? null : (names.get(activatedBy)?.email ?? activatedBy);
}
