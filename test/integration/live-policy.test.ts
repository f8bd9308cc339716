import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { userStatus } from '../../api/sessions/user-status.ts';
import { activatePolicyFile } from '../../activities/policy/activate-policy-file.ts';
import { followPolicyFile } from '../../activities/policy/follow-policy-file.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { tellGrantEnded } from '../../activities/requests/tell-grant-ended.ts';
import type { StoredEvent } from '../../activities/store/event-feed.ts';
import { holdPolicy, insertPolicyVersion, livePolicy, lockPolicy } from '../../activities/store/policies.ts';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

const shipped = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const denying = shipped.replace('deny: []', 'deny: [{ scopes: ["read:files"], reason: Not today }]');
const broken = shipped.replace('risk: low', 'risk: lowish');
let stack: ApprovalStack;
let folder: string;
let path: string;
let said: string[];
let events: StoredEvent[];
let unsubscribe: () => void;
let following: { close(): Promise<void> };
/** Whether Temporal can be told anything. */
let tellable: boolean;

beforeAll(async () => {
  stack = await startApprovalStack(shipped);
  folder = await mkdtemp(join(tmpdir(), 'cs-policy-'));
  path = join(folder, 'policy.yaml');
}, 60_000);
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  [said, events, tellable] = [[], [], true];
  unsubscribe = stack.deps.feed.subscribe((event) => events.push(event));
  await writeFile(path, shipped);
  const { replaced } = await activatePolicyFile({ db: stack.owner.db, path });
  if (replaced !== undefined) await eventually(() => events.some(({ kind }) => kind === 'policy')).toBe(true);
  events = [];
  following = followPolicyFile({
    db: stack.owner.db,
    path,
    pollMs: 100,
    settleMs: 50,
    absentMs: 300,
    tellGrantsEnded: async (requestIds) => {
      if (!tellable) throw new Error('Temporal is away');
      for (const requestId of requestIds) await tellGrantEnded(stack.deps.temporal, requestId);
    },
    say: (message) => said.push(message),
  });
});
afterEach(async () => {
  await following.close();
  unsubscribe();
});

/** The machine may be busy. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

/** What editors do: write beside it, then put it in its place. */
async function save(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function lastAudit(): Promise<{ type: string; actor: string; data: Record<string, unknown> } | undefined> {
  return stack.app.db
    .selectFrom('audit_events')
    .select(['type', 'actor', 'data'])
    .where('type', 'like', 'policy.%')
    .orderBy('position', 'desc')
    .executeTakeFirst();
}

const denials = async (): Promise<number> => (await livePolicy(stack.app.db)).deny.length;
const bearerUser = (): Promise<Caller> => stack.person(['user'], { kind: 'bearer', clientId: 'some-client' });
const problemSeenBy = async (role: string): Promise<unknown> =>
  (
    await userStatus(
      { db: stack.app.db, demoMode: true, now: () => new Date() },
      await stack.person(role === '' ? [] : [role]),
    )
  ).policy_problem;

describe('an edit of the policy file', () => {
  it('is live without a restart, audited with digest and changes, and announced', async () => {
    const before = (await livePolicy(stack.app.db)).version;
    await save(denying);
    await eventually(denials).toBe(1);
    const { version } = await livePolicy(stack.app.db);
    expect(await lastAudit()).toMatchObject({
      type: 'policy.activated',
      actor: 'system',
      data: { version, previous: before, changes: ['denial of [read:files] to everybody added'] },
    });
    expect((await lastAudit())?.data['file_digest']).toMatch(/^[0-9a-f]{64}$/);
    await eventually(() => events.map(({ kind, id }) => ({ kind, id }))).toContainEqual({
      kind: 'policy',
      id: version,
    });
    await eventually(() => said).toEqual([expect.stringContaining(`live as ${version}`)]);
    expect(await upgradeScope(stack.deps, await bearerUser(), { scopes: ['read:files'] })).toMatchObject({
      status: 'denied',
      reason: 'Not today',
    });
  });

  it.each([
    ['denied', denying],
    [
      'forbidden to those who do not hold it by role',
      shipped.replace(/(granted_at_once_to: )\[user.*\]\n {4}otherwise: admin/, '$1[]\n    otherwise: forbidden'),
    ],
  ])('revokes the grants of a scope that is now %s, by policy, and tells their workflows', async (_what, text) => {
    expect(text).not.toBe(shipped);
    const caller = await bearerUser();
    await upgradeScope(stack.deps, caller, { scopes: ['read:files'] });
    tellable = false;
    await save(text);
    await eventually(async () => (await listGrants(stack.deps, caller, { limit: 1 })).grants[0]).toMatchObject({
      status: 'revoked',
      ended_by: 'policy',
    });
    const requestId = (await listGrants(stack.deps, caller, { limit: 1 })).grants[0]?.request_id ?? '';
    const workflow = stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
    await eventually(() => said).toContainEqual(expect.stringContaining('Temporal is away'));
    expect((await workflow.describe()).status.name).toBe('RUNNING');
    tellable = true;
    await eventually(async () => (await workflow.describe()).status.name).toBe('COMPLETED');
  });

  it('that is broken keeps the last good policy and says so, once, until it is mended', async () => {
    const { version } = await livePolicy(stack.app.db);
    await save(broken);
    await eventually(() => said).toEqual([expect.stringMatching(/^POLICY NOT CHANGED: .*\n.*line \d+, .*risk/)]);
    expect((await livePolicy(stack.app.db)).version).toBe(version);
    expect(await lastAudit()).toMatchObject({ type: 'policy.rejected', data: { problems: 1, live: version } });
    await eventually(() => events.filter(({ kind }) => kind === 'policy')).toHaveLength(1);
    const seen = { problems: [expect.stringMatching(/^line \d+, .*risk/)], noticed_at: expect.any(String) as string };
    expect(await problemSeenBy('admin')).toEqual(seen);
    expect(await problemSeenBy('auditor')).toEqual(seen);
    expect(await problemSeenBy('user')).toBeNull();

    // Another process, or the same after a restart, reads the same mistake: no second entry.
    const rejections = async (): Promise<number> =>
      (await stack.app.db.selectFrom('audit_events').select('type').where('type', '=', 'policy.rejected').execute())
        .length;
    const once = await rejections();
    await following.close();
    following = followPolicyFile({
      db: stack.owner.db,
      path,
      pollMs: 50,
      settleMs: 20,
      tellGrantsEnded: () => Promise.resolve(),
      say: (message) => said.push(message),
    });
    await sleep(300);
    expect(await rejections()).toBe(once);
    expect(said).toHaveLength(1);

    await save(shipped);
    await eventually(() => said.at(-1)).toContain('can be used again');
    expect(await lastAudit()).toMatchObject({ type: 'policy.mended', data: { version } });
    expect(await problemSeenBy('admin')).toBeNull();
  });

  it('waits for whoever has read the old policy, so that no grant slips by', async () => {
    const minting = await stack.mint.db.startTransaction().execute();
    await holdPolicy(minting);
    await save(denying);
    await sleep(600);
    expect(await denials()).toBe(0);
    await minting.commit().execute();
    await eventually(denials).toBe(1);
  });

  it('that happens between the verdict and the mint wins over the verdict', async () => {
    const caller = await bearerUser();
    // It would put the shipped policy back.
    await following.close();
    const changing = await stack.owner.db.startTransaction().execute();
    await lockPolicy(changing);
    const asked = upgradeScope(stack.deps, caller, { scopes: ['read:files'] });
    await eventually(async () =>
      stack.app.db
        .selectFrom('scope_requests')
        .select(['approval_type', 'status'])
        .where('subject', '=', caller.person.subject)
        .executeTakeFirst(),
    ).toEqual({ approval_type: 'auto', status: 'requested' });
    await insertPolicyVersion(changing, parsePolicy(denying, path), denying);
    await changing.commit().execute();
    expect(await asked).toMatchObject({ status: 'denied' });
    expect((await listGrants(stack.deps, caller, { limit: 1 })).grants).toEqual([]);
  });

  it('can be written by the owner alone (RULES 12)', async () => {
    for (const { db } of [stack.app, stack.mint]) {
      await expect(db.deleteFrom('policy_problem').execute()).rejects.toMatchObject({ code: '42501' });
    }
  });
});
