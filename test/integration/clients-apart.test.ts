import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { cancelRequest } from '../../api/approvals/cancel.ts';
import { decide } from '../../api/approvals/decide.ts';
import { findVisibleRequest } from '../../api/approvals/find-visible.ts';
import { listRequests } from '../../api/approvals/list-requests.ts';
import { requestDetail } from '../../api/approvals/request-detail.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { auditorsOnly } from '../../api/audit/auditors-only.ts';
import { auditPage } from '../../api/audit/list-audit.ts';
import { grantDetail } from '../../api/grants/grant-detail.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import { revokeGrant } from '../../api/grants/revoke-grant.ts';
import { returnGrant } from '../../api/grants/return-grant.ts';
import { userStatus } from '../../api/sessions/user-status.ts';
import { stats } from '../../api/stats/stats.ts';
import { listTools } from '../../api/tools/list-tools.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { endRequest, findRequest, openRequest, recordEvaluation } from '../../activities/store/requests.ts';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { Risk } from '../../workflows/domain/policy.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';
import { signInAtClient } from '../support/client-sign-in.ts';

let stack: ApprovalStack;

beforeAll(async () => {
  stack = await startApprovalStack(await readFile('countersign.policy.yaml', 'utf8'));
}, 60_000);
afterAll(() => stack.stop());
afterEach(() => {
  vi.useRealTimers();
});

/** One person at two clients of other people, at our chat and in their browser. */
async function person() {
  const one = await stack.person(['user'], { kind: 'bearer', clientId: 'one-client' });
  const { signIn: _, ...asked } = one;
  const otherClient = { subject: one.person.subject, clientId: 'other-client' };
  const other: Caller = {
    ...asked,
    clientId: otherClient.clientId,
    signIn: await signInAtClient(stack.app.db, otherClient),
  };
  const browser: Caller = { ...one, kind: 'browser', clientId: 'countersign-dashboard' };
  return { one, other, chat: { ...asked, clientId: 'countersign-chat' } satisfies Caller, browser };
}

async function ask(caller: Caller, extra: { tool_args?: Record<string, unknown> } = {}): Promise<string> {
  const body = { scopes: ['execute:commands'], tool_name: 'execute_command', justification: 'tests', ...extra };
  const answer = await upgradeScope(stack.deps, caller, body);
  if (answer.status !== 'pending_admin_approval') throw new Error(`unexpected ${JSON.stringify(answer)}`);
  return answer.approval_request_id;
}

const idsOf = async (caller: Caller): Promise<string[]> =>
  (await listRequests(stack.deps, caller, { limit: 50 })).requests.map(({ request_id: id }) => id);

describe('other people’s client', () => {
  it('neither sees nor withdraws what the same person asks for at another client', async () => {
    const { one, other, chat, browser } = await person();
    const [mine, theirs] = [await ask(one), await ask(other)];
    expect(await idsOf(one)).toEqual([mine]);
    for (const attempt of [
      () => findVisibleRequest(stack.deps.db, one, theirs),
      () => requestDetail(stack.deps, one, theirs),
      () => cancelRequest(stack.deps, one, theirs),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await findRequest(stack.deps.db, theirs))?.cancel_requested_at).toBeNull();
    expect((await requestDetail(stack.deps, one, mine)).requester).toMatchObject({ recent: [], grants: [] });
    // Our own chat and the person's browser show all of it.
    expect((await idsOf(chat)).sort()).toEqual([mine, theirs].sort());
    expect((await idsOf(browser)).sort()).toEqual([mine, theirs].sort());
    expect((await cancelRequest(stack.deps, browser, theirs)).body.status).toBe('cancelled');
    expect((await cancelRequest(stack.deps, one, mine)).body.status).toBe('cancelled');
  });

  it('sees nothing of what another client of the same person holds', async () => {
    const { one, other, browser } = await person();
    expect((await upgradeScope(stack.deps, other, { scopes: ['read:files'] })).status).toBe('approved');
    const [grant] = (await listGrants(stack.deps, browser, { limit: 5 })).grants;
    const grantId = grant?.grant_id ?? '';
    expect((await listGrants(stack.deps, other, { limit: 5 })).grants).toHaveLength(1);
    expect((await listGrants(stack.deps, one, { limit: 5 })).grants).toEqual([]);
    await expect(grantDetail(stack.deps, one, grantId)).rejects.toMatchObject({ code: 'not_found' });
    expect((await grantDetail(stack.deps, other, grantId)).grant.grant_id).toBe(grantId);
    // Nor by handing it back, which its own client may.
    await expect(returnGrant(stack.deps, one, grantId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await returnGrant(stack.deps, other, grantId)).toMatchObject({ status: 'returned' });
  });

  it.each(['countersign-chat', 'other-client', 'no-client'])('is told nothing of the tools of %s', async (clientId) => {
    const { one, other, browser } = await person();
    await upgradeScope(stack.deps, other, { scopes: ['read:files'] });
    await expect(listTools(stack.deps, one, { client_id: clientId })).rejects.toMatchObject({ code: 'not_found' });
    // What is its own it may name; the person's browser may name any.
    const own = await listTools(stack.deps, other, { client_id: 'other-client' });
    expect(own.tools.filter(({ held }) => held)).not.toEqual([]);
    expect(await listTools(stack.deps, browser, { client_id: clientId })).toMatchObject({ client_id: clientId });
  });

  it('is told how many of its own requests wait', async () => {
    const { one, other, chat, browser } = await person();
    await ask(one);
    for (const n of [1, 2]) await ask(other, { tool_args: { n } });
    const pending = async (caller: Caller): Promise<number> =>
      (await userStatus({ ...stack.deps, demoMode: false }, caller)).pending_requests;
    expect([await pending(one), await pending(other)]).toEqual([1, 2]);
    expect([await pending(chat), await pending(browser)]).toEqual([3, 3]);
  });

  it('learns nothing of other people’s grants by handing them back, whatever its person’s roles', async () => {
    const { other } = await person();
    const answer = await upgradeScope(stack.deps, other, { scopes: ['read:files'] });
    expect(answer.status).toBe('approved');
    const grantId = (await listGrants(stack.deps, other, { limit: 5 })).grants[0]?.grant_id ?? '';
    const admin = await stack.person(['admin'], { kind: 'bearer', clientId: 'one-client' });
    await expect(returnGrant(stack.deps, admin, grantId)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that may decide is listed nothing of its own person’s at another client either', async () => {
    const { one, other } = await person();
    const admin: Caller = { ...one, person: { ...one.person, roles: ['admin'] } };
    // An admin could decide it as somebody else's.
    const answer = await upgradeScope(stack.deps, other, { scopes: ['read:files'] });
    const theirs = answer.status === 'approved' ? answer.approval_request_id : undefined;
    expect(theirs).toBeDefined();
    expect(await idsOf({ ...admin, scopes: ['approve:requests'], mayDecide: true })).not.toContain(theirs);
  });
});

describe('a client that is refused again and again', () => {
  const refusals = async (subject: string, clientId: string): Promise<unknown[]> => {
    const rows = await stack.app.db
      .selectFrom('audit_events')
      .select('data')
      .where('type', '=', 'access.refused')
      .where('actor', '=', subject)
      .where('client_id', '=', clientId)
      .orderBy('position')
      .execute();
    return rows.map(({ data }) => data);
  };

  it('fills the audit log with sixty entries a minute, and the next tells how many were left out', async () => {
    const { one, other } = await person();
    const { subject } = one.person;
    const attempt = async (caller: Caller): Promise<void> => {
      await expect(auditorsOnly(stack.deps.db, caller, 'audit')).rejects.toMatchObject({ code: 'not_auditor' });
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let n = 0; n < 75; n += 1) await attempt(one);
    const told = await refusals(subject, 'one-client');
    expect(told).toHaveLength(60);
    expect(told).toContainEqual({ what: 'audit' });
    // Another client of theirs is recorded all the same.
    await attempt(other);
    expect(await refusals(subject, 'other-client')).toEqual([{ what: 'audit' }]);
    vi.setSystemTime(Date.now() + 61_000);
    for (let n = 0; n < 2; n += 1) await attempt(one);
    expect((await refusals(subject, 'one-client')).slice(60)).toEqual([
      { what: 'audit', left_out_before: 15 },
      { what: 'audit' },
    ]);
  });

  it('is bounded in the same way where it withdraws what is somebody else’s', async () => {
    const { one } = await person();
    const requestId = await ask(one);
    const auditor = await stack.person(['auditor']);
    for (let n = 0; n < 65; n += 1) {
      await expect(cancelRequest(stack.deps, auditor, requestId)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await refusals(auditor.person.subject, 'one-client')).toHaveLength(60);
  });

  it('is bounded in the same way where it decides without the right to', async () => {
    const { one } = await person();
    const requestId = await ask(one);
    const decision = { requestId, verdict: 'approve', note: null, claimedEmail: undefined } as const;
    for (let n = 0; n < 65; n += 1) {
      await expect(decide(stack.deps, one, decision)).rejects.toMatchObject({ code: 'insufficient_scope' });
    }
    const { subject } = one.person;
    const recorded = await stack.app.db
      .selectFrom('audit_events')
      .select('type')
      .where('actor', '=', subject)
      .execute();
    expect(recorded.filter(({ type }) => type === 'decision.refused')).toHaveLength(60);
  });
});

describe('how much other people’s client may ask', () => {
  it('is ten at a time, which leaves the person’s own places free, and joins what waits', async () => {
    const { one, other, browser } = await person();
    const asked: string[] = [];
    for (let n = 0; n < 10; n += 1) asked.push(await ask(one, { tool_args: { n } }));
    await expect(ask(one, { tool_args: { n: 10 } })).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await ask(one, { tool_args: { n: 3 } })).toBe(asked[3]);
    await ask(other);
    await ask(browser);
  });

  it('is three at a time once its person’s other clients have twenty waiting, and leaves the person ten', async () => {
    const { one, browser, chat } = await person();
    const client = (n: number): Caller => ({ ...one, clientId: `client-${n}` });
    const fill = async (caller: Caller): Promise<number> => {
      for (let n = 0; ; n += 1) {
        const refused = await ask(caller, { tool_args: { of: caller.clientId, n } }).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (refused === undefined) continue;
        expect(refused).toMatchObject({
          code: 'rate_limited',
          message: expect.stringMatching(/[Ww]ithdraw some.*, or wait until they are decided/) as string,
        });
        return n;
      }
    };
    const shares: number[] = [];
    for (let n = 0; n < 10; n += 1) shares.push(await fill(client(n)));
    expect(shares).toEqual([10, 10, 3, 3, 3, 3, 3, 3, 2, 0]);
    expect([await fill(browser), await fill(chat)]).toEqual([10, 0]);
  }, 60_000);

  it('counts a part of what waits as another request', async () => {
    const { one } = await person();
    const both = { scopes: ['admin:users', 'execute:commands'], tool_name: 'both', justification: 'tests' };
    for (let n = 0; n < 10; n += 1) await upgradeScope(stack.deps, one, { ...both, tool_args: { n } });
    await expect(ask(one)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('is thirty in ten minutes, withdrawn ones too', async () => {
    const { one, browser } = await person();
    const subject = one.person.subject;
    for (let n = 0; n < 30; n += 1) {
      const asked = { scopes: ['execute:commands'], toolName: null, toolArgs: { n }, justification: null };
      await stack.app.db.transaction().execute(async (trx) => {
        const { request } = await openRequest(trx, { subject, clientId: 'one-client', sessionId: null, ...asked });
        const withdrawn = { status: 'cancelled', actor: subject, decidedBy: null, note: null, at: new Date() } as const;
        await endRequest(trx, request.request_id, withdrawn);
      });
    }
    await expect(ask(one)).rejects.toMatchObject({ code: 'rate_limited' });
    await ask(browser);
  });

  it('is not again what was refused a moment ago; in our own apps the person may', async () => {
    const { one, other, browser, chat } = await person();
    const approver = await stack.person(['admin']);
    const denied: string[] = [];
    for (const caller of [one, browser, chat]) {
      const requestId = await ask(caller);
      denied.push(requestId);
      const decision = { requestId, verdict: 'deny', note: 'Not today', claimedEmail: undefined } as const;
      await decide(stack.deps, approver, decision);
    }
    for (const extra of [{}, { tool_args: { other: true } }]) {
      const body = { scopes: ['execute:commands'], justification: 'Please', ...extra };
      expect(await upgradeScope(stack.deps, one, body)).toMatchObject({
        status: 'denied',
        approval_request_id: denied[0],
        reason: expect.stringMatching(/Not today.*nobody is asked again for another/) as string,
      });
    }
    for (const caller of [browser, chat, other]) expect(denied).not.toContain(await ask(caller));
  });
});

describe('a client that may decide', () => {
  async function asked(approvalType: ApprovalType, risk: Risk): Promise<string> {
    const { one } = await person();
    const what = { scopes: ['read:files'], toolName: null, toolArgs: null, justification: null };
    return stack.app.db.transaction().execute(async (trx) => {
      const of = { subject: one.person.subject, clientId: one.clientId, sessionId: null };
      const { request } = await openRequest(trx, { ...of, ...what });
      const expiresAt = new Date(Date.now() + 60_000);
      await recordEvaluation(trx, request, { approvalType, risk, rule: 'r', policyVersion: 'v', expiresAt });
      return request.request_id;
    });
  }

  async function decider(): Promise<Caller> {
    const admin = await stack.person(['admin'], { kind: 'bearer', clientId: 'deciding-client' });
    return { ...admin, scopes: ['approve:requests'], mayDecide: true };
  }

  it('is listed, in requests and log, what it may decide as it was recorded', async () => {
    const decidable = await asked('admin_required', 'low');
    const others = [await asked('self', 'low'), await asked('admin_required', 'critical')];
    const caller = await decider();
    const listed = await idsOf(caller);
    const { entries, clients } = await auditPage(stack.deps, caller, { limit: 200 });
    // Nothing in the words of other programs.
    expect(clients).toBeUndefined();
    const logged = entries.map(({ request_id: id }) => id);
    for (const ids of [listed, logged]) {
      expect(ids).toContain(decidable);
      for (const id of others) expect(ids).not.toContain(id);
    }
  });

  it('is told by no filter what the requests say of which it is told only how many wait', async () => {
    const { one } = await person();
    await ask(one, { tool_args: { command: 'rotate zebrafish' } });
    const caller = await decider();
    const counted = async (filter: Partial<Parameters<typeof listRequests>[2]>) =>
      (await listRequests(stack.deps, caller, { status: 'pending', limit: 5, ...filter })).dashboard_only;
    const all = await counted({});
    expect(all).toBeGreaterThan(0);
    for (const filter of [
      { q: 'zebrafish' },
      { q: 'nothinghasthis' },
      { requester: one.person.email },
      { requester: 'nobody@example.com' },
      { scope: 'execute:commands' },
      { scope: 'read:files' },
      { tool: 'execute_command' },
      { tool: 'no_tool' },
      { client: one.clientId },
      { client: 'no-client' },
      { risk: 'critical' },
      { risk: 'low' },
    ] as const) {
      expect([filter, await counted(filter)]).toEqual([filter, all]);
    }
  });

  it('is listed, and ends, grants of what it may decide as it was recorded', async () => {
    const grantOf = async (requestId: string): Promise<string> => {
      const { subject, client_id, scopes } = (await findRequest(stack.deps.db, requestId)) ?? {};
      const grantId = `gra_${requestId}`;
      await stack.owner.db
        .insertInto('grants')
        .values({
          grant_id: grantId,
          request_id: requestId,
          subject: subject ?? '',
          client_id: client_id ?? '',
          session_id: null,
          scopes: scopes ?? [],
          granted_at: new Date(),
          expires_at: new Date(Date.now() + 60_000),
        })
        .execute();
      return grantId;
    };
    const decidable = await grantOf(await asked('admin_required', 'low'));
    const others = [
      await grantOf(await asked('self', 'low')),
      await grantOf(await asked('admin_required', 'critical')),
    ];
    const caller = await decider();
    const { grants } = await listGrants(stack.deps, caller, { limit: 100 });
    const revocable = grants.filter(({ can_revoke }) => can_revoke).map(({ grant_id }) => grant_id);
    expect(revocable).toContain(decidable);
    const listed = grants.map(({ grant_id }) => grant_id);
    for (const id of others) {
      expect(listed).not.toContain(id);
      await expect(revokeGrant(stack.deps, caller, id, undefined)).rejects.toMatchObject({
        code: 'insufficient_scope',
      });
    }
    expect(await revokeGrant(stack.deps, caller, decidable, undefined)).toMatchObject({ status: 'revoked' });
    // In the dashboard an admin sees and ends them all.
    for (const id of others) {
      const { status } = await revokeGrant(stack.deps, { ...caller, kind: 'browser' }, id, undefined);
      expect(status).toBe('revoked');
    }
  });

  it('is told no figures of single approvers, which the dashboard shows', async () => {
    const caller = await decider();
    expect(await stats(stack.deps, caller)).not.toHaveProperty('approvers');
    expect(await stats(stack.deps, { ...caller, kind: 'browser' })).toHaveProperty('approvers');
  });
});
