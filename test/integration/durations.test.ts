import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decideMany } from '../../api/approvals/decide-many.ts';
import { requestDetail } from '../../api/approvals/request-detail.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { findGrantOfRequest } from '../../activities/store/grants.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { approvalsWorld } from '../support/approvals-world.ts';

/** Grants of an hour, eight at most. */
const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const world = approvalsWorld(policyText);
const { admin: approver, bearerUser: requester, approve, decideBySignal } = world;

async function ask(caller: Caller, durationSeconds?: number, scope = 'execute:commands'): Promise<string> {
  const answer = await upgradeScope(world.deps, caller, {
    scopes: [scope],
    ...(durationSeconds === undefined ? {} : { duration_seconds: durationSeconds }),
  });
  if (answer.status === 'denied' || answer.approval_request_id === undefined) throw new Error(JSON.stringify(answer));
  return answer.approval_request_id;
}

/** How long the grant of the request was made to live. */
async function granted(requestId: string): Promise<number | undefined> {
  const grant = await findGrantOfRequest(world.db, requestId);
  return grant === undefined ? undefined : (grant.expires_at.getTime() - grant.granted_at.getTime()) / 1_000;
}

const settledAs = (requestId: string, status: string): Promise<void> =>
  expect.poll(() => world.statusOf(requestId), { timeout: 10_000 }).toBe(status);

describe('a duration that policy does not allow', () => {
  it('is refused to the requester, with the maximum, and creates nothing', async () => {
    const caller = await requester();
    await expect(ask(caller, 8 * 3_600 + 1)).rejects.toMatchObject({
      code: 'duration_too_long',
      message: expect.stringContaining('8 hours') as unknown,
      details: { max_grant_seconds: 8 * 3_600 },
    });
    const rows = await world.db
      .selectFrom('scope_requests')
      .select('request_id')
      .where('subject', '=', caller.person.subject)
      .execute();
    expect(rows).toEqual([]);
  });

  it('is refused to the approver and decides nothing', async () => {
    const requestId = await ask(await requester());
    await expect(approve(await approver(), requestId, 8 * 3_600 + 1)).rejects.toMatchObject({
      code: 'duration_too_long',
    });
    expect(await world.requestOf(requestId)).toMatchObject({ status: 'pending', deciding: false });
  });

  it('is bounded by the shortest maximum of the set', async () => {
    await world.stack.policy(policyText.replace('risk: critical', 'max_grant_ttl: 2h\n    risk: critical'));
    const answer = upgradeScope(world.deps, await requester(), {
      scopes: ['execute:commands', 'admin:users'],
      duration_seconds: 3 * 3_600,
    });
    await expect(answer).rejects.toMatchObject({ code: 'duration_too_long', details: { max_grant_seconds: 7_200 } });
  });

  it('is cut at the mint to what live policy allows, whatever a signed statement says', async () => {
    const requestId = await ask(await requester());
    await decideBySignal(requestId, {
      approver: (await approver()).person.subject,
      duration_seconds: 100 * 3_600,
    });
    await settledAs(requestId, 'approved');
    expect(await granted(requestId)).toBe(8 * 3_600);
  });

  it('is cut to a maximum that was lowered after it was asked for', async () => {
    const requestId = await ask(await requester(), 6 * 3_600);
    await world.stack.policy(policyText.replace(/max_grant_ttl: 8h/, 'max_grant_ttl: 2h'));
    await approve(await approver(), requestId);
    expect(await granted(requestId)).toBe(2 * 3_600);
  });
});

describe('a duration', () => {
  it('asked for is what a plain approval gives, and stands in the views', async () => {
    const [caller, by] = [await requester(), await approver()];
    const requestId = await ask(caller, 900);
    const { request } = await requestDetail(world.deps, by, requestId);
    expect(request).toMatchObject({
      requested_duration_seconds: 900,
      grant_seconds: 900,
      max_grant_seconds: 8 * 3_600,
    });
    await approve(by, requestId);
    expect(await granted(requestId)).toBe(900);
  });

  it('not asked for is what policy usually gives', async () => {
    const by = await approver();
    const requestId = await ask(await requester());
    const { request } = await requestDetail(world.deps, by, requestId);
    expect(request).toMatchObject({ requested_duration_seconds: null, grant_seconds: 3_600 });
    await approve(by, requestId);
    expect(await granted(requestId)).toBe(3_600);
  });

  it('approved stands against the one asked for, signed and audited', async () => {
    const by = await approver();
    const requestId = await ask(await requester(), 7_200);
    await approve(by, requestId, 600);
    expect(await granted(requestId)).toBe(600);
    const { timeline } = await requestDetail(world.deps, by, requestId);
    expect(timeline.find(({ type }) => type === 'decision.recorded')?.data).toMatchObject({ duration_seconds: 600 });
    const { statement } = await world.db
      .selectFrom('decisions')
      .select('statement')
      .where('request_id', '=', requestId)
      .executeTakeFirstOrThrow();
    const claims: unknown = JSON.parse(Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ duration_seconds: 600 });
  });

  it('of a repeated approval changes nothing: the first one stands', async () => {
    const by = await approver();
    const requestId = await ask(await requester());
    await approve(by, requestId, 600);
    expect((await approve(by, requestId, 1_200)).httpStatus).toBe(200);
    expect(await granted(requestId)).toBe(600);
  });

  it('asked for counts for what policy grants at once, too', async () => {
    expect(await granted(await ask(await requester(), 60, 'read:files'))).toBe(60);
  });

  it('may be missing in a statement from before there were any', async () => {
    const requestId = await ask(await requester());
    await decideBySignal(requestId, { approver: (await approver()).person.subject });
    await settledAs(requestId, 'approved');
    expect(await granted(requestId)).toBe(3_600);
  });

  it('can be given to several like requests together', async () => {
    await world.stack.policy(policyText.replaceAll('risk: critical', 'risk: medium'));
    const ids = await Promise.all([ask(await requester()), ask(await requester(), 60)]);
    await decideMany(world.deps, await approver(), { verdict: 'approve', request_ids: ids, duration_seconds: 120 });
    expect(await Promise.all(ids.map(granted))).toEqual([120, 120]);
  });
});
