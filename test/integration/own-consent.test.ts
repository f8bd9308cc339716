import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { cancelRequest } from '../../api/approvals/cancel.ts';
import { decideConsent, showConsent } from '../../api/approvals/consent.ts';
import { decide } from '../../api/approvals/decide.ts';
import { requestDetail } from '../../api/approvals/request-detail.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import type { UpgradeScopeResponse } from '../../api/contract/scope-requests.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { approvalsWorld, someClient as client } from '../support/approvals-world.ts';

const shipped = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
/** Developers may read user data when they consent themselves; files are had at once, commands take an admin. */
const policyText = shipped.replace(
  /( {2}read:user-data:\n(?: {4}.*\n)*?) {4}otherwise: admin\n {4}approvers: \[admin\]/,
  '$1    otherwise: self\n    approvers: [developer]',
);
const scope = 'read:user-data';
const world = approvalsWorld(policyText);
const { statusOf, auditTypesOf, decideBySignal } = world;
beforeAll(() => expect(policyText).not.toBe(shipped));

/** One person, as their program asks and as they sit in front of the browser, where they have just signed in. */
async function person(roles: readonly string[] = ['developer']): Promise<{ asks: Caller; browser: Caller }> {
  const asks = await world.stack.person(roles, { kind: 'bearer', clientId: client });
  return { asks, browser: inBrowser(asks) };
}

function inBrowser({ person: somebody }: Caller, signedInMsAgo = 1_000): Caller {
  const authenticatedAt = new Date(Date.now() - signedInMsAgo);
  return { kind: 'browser', person: somebody, clientId: 'countersign-dashboard', authenticatedAt };
}

const ask = (caller: Caller, scopes = [scope]): Promise<string> =>
  world.ask(caller, { scopes, tool_name: 'get_user_info', tool_args: { who: 'me' } });
const allow = (caller: Caller, requestId: string, seconds?: number): ReturnType<typeof decideConsent> =>
  decideConsent(world.deps, caller, requestId, { decision: 'allow', duration_seconds: seconds });
const held = ({ person: { subject } }: Caller): Promise<string[]> =>
  heldScopes(world.db, { subject, clientId: client }, new Date());

async function outcomeOf(decisionId: string): Promise<string | null | undefined> {
  const row = await world.db
    .selectFrom('decisions')
    .select('outcome')
    .where('decision_id', '=', decisionId)
    .executeTakeFirst();
  return row?.outcome;
}

const dropped = (decisionId: string, refusal: string): Promise<void> =>
  expect.poll(() => outcomeOf(decisionId), { timeout: 10_000 }).toBe(refusal);

describe('a scope that policy leaves to the person', () => {
  it('waits ten minutes for their own consent, on the consent page', async () => {
    const { asks } = await person();
    const answer = await upgradeScope(world.deps, asks, { scopes: [scope] });
    expect(answer).toMatchObject({ status: 'pending_user_approval' });
    if (answer.status !== 'pending_user_approval') return;
    expect(answer.consent_url).toBe(`http://localhost:8002/consent/${answer.approval_request_id}`);
    const leftMs = Date.parse(answer.expires_at) - Date.now();
    expect(leftMs).toBeGreaterThan(9 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(10 * 60_000);
  });

  it('is granted by it, with a signed decision, an audit trail and the duration chosen', async () => {
    const { asks, browser } = await person();
    const requestId = await ask(asks);
    const { httpStatus, body } = await allow(browser, requestId, 600);
    expect(httpStatus).toBe(200);
    expect(body).toMatchObject({ status: 'approved', approved_by: browser.person.email });
    expect(Date.parse(body.grant?.expires_at ?? '') - Date.now()).toBeLessThanOrEqual(600_000);
    expect(await held(asks)).toEqual([scope]);
    expect(await auditTypesOf(requestId)).toEqual([
      'request.created',
      'request.pending',
      'decision.recorded',
      'request.approved',
      'grant.created',
    ]);
    const collected = await upgradeScope(world.deps, asks, { scopes: [scope] });
    expect(collected).toMatchObject({ status: 'approved', new_token: expect.any(String) as unknown });
  });

  it('is refused by them, which is neither a withdrawal nor an expiry', async () => {
    const { asks, browser } = await person();
    const requestId = await ask(asks);
    const stale = inBrowser(asks, 60 * 60_000);
    const { body } = await decideConsent(world.deps, stale, requestId, { decision: 'refuse' });
    expect(body).toMatchObject({ status: 'denied', denied_by: browser.person.email });
    expect(await held(asks)).toEqual([]);
    await expect(allow(browser, requestId)).rejects.toMatchObject({ code: 'already_decided' });
  });

  it('is withdrawn, or expires, without it', async () => {
    const { asks } = await person();
    const withdrawn = await ask(asks);
    expect((await cancelRequest(world.deps, asks, withdrawn)).body.status).toBe('cancelled');
    await world.stack.policy(policyText.replace('grant_ttl: 1h', 'grant_ttl: 1h\n  self_request_ttl: 2s'));
    const unanswered = await ask(asks);
    await expect.poll(() => statusOf(unanswered), { timeout: 10_000 }).toBe('expired');
  });

  it('is shown in full to them, with who asks and how long', async () => {
    const { asks, browser } = await person();
    const consent = await showConsent(world.deps, browser, await ask(asks));
    expect(consent).toMatchObject({
      request: { tool_args: { who: 'me' }, grant_seconds: 3_600, own: true, cannot_decide: 'self_approval' },
      client: { client_id: client },
      scopes: [{ scope, risk: 'medium' }],
      sign_in: {
        fresh: true,
        max_age_seconds: 300,
        address: expect.stringContaining('/sign-in?return_to=') as unknown,
      },
    });
  });
});

describe('nobody else decides it', () => {
  it('an admin sees it and is refused, audited', async () => {
    const { asks } = await person();
    const requestId = await ask(asks);
    const admin = await world.stack.person(['admin', 'developer']);
    const { request } = await requestDetail(world.deps, admin, requestId);
    expect(request).toMatchObject({ cannot_decide: 'self_approval', consent_url: null });
    for (const verdict of ['approve', 'deny'] as const) {
      const attempt = decide(world.deps, admin, { requestId, verdict, note: 'x', claimedEmail: undefined });
      await expect(attempt).rejects.toMatchObject({ code: 'self_approval' });
    }
    expect(await auditTypesOf(requestId)).toContain('decision.refused');
    expect(await statusOf(requestId)).toBe('pending');
  });

  it('the consent of somebody else is not there for them, nor for a token', async () => {
    const { asks } = await person();
    const requestId = await ask(asks);
    const other = (await person(['admin', 'developer'])).browser;
    await expect(showConsent(world.deps, other, requestId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(allow(other, requestId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(allow(asks, requestId)).rejects.toMatchObject({ code: 'client_not_allowed' });
    expect(await statusOf(requestId)).toBe('pending');
  });

  it('not even with a signed statement: somebody else’s consent, an approval, an own consent to what others decide', async () => {
    const { asks, browser } = await person();
    const requestId = await ask(asks);
    const now = Math.floor(Date.now() / 1_000);
    const other = (await person()).browser.person.subject;
    await dropped(await decideBySignal(requestId, { approver: other, kind: 'self', auth_time: now }), 'not_approver');
    const admin = (await world.stack.person(['admin'])).person.subject;
    await dropped(await decideBySignal(requestId, { approver: admin }), 'self_approval');
    expect(await statusOf(requestId)).toBe('pending');
    const commands = await upgradeScope(world.deps, asks, { scopes: ['execute:commands'] });
    const commandsId = commands.status === 'pending_admin_approval' ? commands.approval_request_id : '';
    const { subject } = browser.person;
    await dropped(await decideBySignal(commandsId, { approver: subject, kind: 'self', auth_time: now }), 'own_request');
    await expect(allow(browser, commandsId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await held(asks)).toEqual([]);
  });

  it('and who does not hold a role that policy names for it cannot ask', async () => {
    const { asks } = await person(['user']);
    const answer = await upgradeScope(world.deps, asks, { scopes: [scope] });
    expect(answer).toMatchObject({ status: 'denied', reason: expect.stringContaining('developer') as unknown });
  });
});

describe('a consent', () => {
  it('takes a fresh sign-in, at the API and in the signed statement', async () => {
    const { asks } = await person();
    const requestId = await ask(asks);
    const stale = inBrowser(asks, 6 * 60_000);
    expect((await showConsent(world.deps, stale, requestId)).sign_in).toMatchObject({
      fresh: false,
      fresh_until: null,
    });
    await expect(allow(stale, requestId)).rejects.toMatchObject({ code: 'fresh_sign_in_required' });
    const { subject } = asks.person;
    const old = Math.floor(Date.now() / 1_000) - 301;
    await dropped(
      await decideBySignal(requestId, { approver: subject, kind: 'self', auth_time: old }),
      'stale_sign_in',
    );
    expect(await statusOf(requestId)).toBe('pending');
    expect((await allow(inBrowser(asks), requestId)).body.status).toBe('approved');
  });

  it('takes one as fresh as policy says', async () => {
    const strict = policyText.replace(
      '    approvers: [developer]',
      '    approvers: [developer]\n    fresh_sign_in: 30s',
    );
    await world.stack.policy(strict);
    const { asks } = await person();
    const requestId = await ask(asks);
    await expect(allow(inBrowser(asks, 40_000), requestId)).rejects.toMatchObject({ code: 'fresh_sign_in_required' });
  });

  it('of somebody who has lost the role, or after policy gave it to admins, ends the request as denied by policy', async () => {
    const { asks, browser } = await person();
    const requestId = await ask(asks);
    await world.stack.policy(shipped);
    await expect(allow(browser, requestId)).rejects.toMatchObject({ code: 'already_decided' });
    const view = await requestDetail(world.deps, browser, requestId);
    expect(view.request).toMatchObject({
      status: 'denied',
      denied_by: 'policy',
      denial_reason: expect.stringContaining('policy has changed') as unknown,
    });
    expect(await auditTypesOf(requestId)).toEqual(expect.arrayContaining(['decision.dropped', 'request.denied']));
    expect(await held(asks)).toEqual([]);

    await world.stack.policy(policyText);
    const other = await person();
    const second = await ask(other.asks);
    await world.stack.owner.db.deleteFrom('person_roles').where('subject', '=', other.asks.person.subject).execute();
    await expect(allow(other.browser, second)).rejects.toMatchObject({ code: 'already_decided' });
    expect(await held(other.asks)).toEqual([]);
  });

  it('that policy takes away between judgement and mint grants nothing', async () => {
    const { asks, browser } = await person();
    const requestId = await ask(asks);
    await world.stack.stopMint();
    const deciding = allow(browser, requestId);
    await expect.poll(async () => (await world.requestOf(requestId)).deciding, { timeout: 10_000 }).toBe(true);
    await world.stack.policy(shipped);
    await world.stack.startMint();
    await deciding.catch(() => undefined);
    await expect.poll(() => statusOf(requestId), { timeout: 15_000 }).toBe('denied');
    expect(await held(asks)).toEqual([]);
  });
});

describe('a mixed set', () => {
  it('is a request for each: at once, by oneself, by an approver', async () => {
    const { asks, browser } = await person();
    const answer: UpgradeScopeResponse = await upgradeScope(world.deps, asks, {
      scopes: ['read:files', scope, 'execute:commands'],
    });
    expect(answer).toMatchObject({ status: 'pending_user_approval', auto_approved_scopes: ['read:files'] });
    if (answer.status !== 'pending_user_approval') return;
    expect((await world.requestOf(answer.admin_approval_request_id ?? '')).scopes).toEqual(['execute:commands']);
    await allow(browser, answer.approval_request_id);
    expect(await held(asks)).toEqual(['read:files', scope].sort());
  });

  it('grants nothing beside a refusal', async () => {
    const { asks } = await person();
    const answer = await upgradeScope(world.deps, asks, { scopes: ['read:files', scope, 'approve:requests'] });
    expect(answer.status).toBe('denied');
    expect(await held(asks)).toEqual([]);
  });
});

describe('deciding through a client (RULES 3)', () => {
  const cli = 'some-cli';
  const asCli = (caller: Caller, scopes = ['approve:requests']): Caller => ({
    ...caller,
    clientId: cli,
    scopes,
    mayDecide: scopes.includes('approve:requests'),
  });
  const approve = (caller: Caller, requestId: string): ReturnType<typeof decide> =>
    decide(world.deps, caller, { requestId, verdict: 'approve', note: null, claimedEmail: undefined });

  /** An admin whose client holds `approve:requests` by their own consent. */
  async function decider(): Promise<Caller> {
    const admin = await world.stack.person(['admin'], { kind: 'bearer', clientId: cli });
    const answer = await upgradeScope(world.deps, admin, { scopes: ['approve:requests'] });
    if (answer.status !== 'pending_user_approval') throw new Error(JSON.stringify(answer));
    await allow(inBrowser(admin), answer.approval_request_id);
    return admin;
  }

  async function pendingUserData(): Promise<string> {
    const user = await world.stack.person(['user'], { kind: 'bearer', clientId: client });
    const answer = await upgradeScope(world.deps, user, { scopes: ['erase:user-data'] });
    if (answer.status !== 'pending_admin_approval') throw new Error(JSON.stringify(answer));
    return answer.approval_request_id;
  }

  it('is had by own consent of approvers only, never by the chat agent', async () => {
    const user = await world.stack.person(['user', 'developer'], { kind: 'bearer', clientId: cli });
    expect(await upgradeScope(world.deps, user, { scopes: ['approve:requests'] })).toMatchObject({ status: 'denied' });
    const chat = await world.stack.person(['admin'], { kind: 'bearer', clientId: 'countersign-chat' });
    expect(await upgradeScope(world.deps, chat, { scopes: ['approve:requests'] })).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('chat agent') as unknown,
    });
  });

  it('approves what another client asked for', async () => {
    const caller = await decider();
    const { body } = await approve(asCli(caller), await pendingUserData());
    expect(body).toMatchObject({ status: 'approved', approved_by: caller.person.email });
  });

  it('is refused without the scope in the token, and with one whose grant has ended', async () => {
    const caller = await decider();
    const requestId = await pendingUserData();
    await expect(approve(asCli(caller, []), requestId)).rejects.toMatchObject({ code: 'insufficient_scope' });
    await world.stack.owner.db
      .updateTable('grants')
      .set({ end_reason: 'revoked', ended_at: new Date(), ended_by: 'system' })
      .where('subject', '=', caller.person.subject)
      .execute();
    await expect(approve(asCli(caller), requestId)).rejects.toMatchObject({ code: 'insufficient_scope' });
    const { subject } = caller.person;
    await dropped(await decideBySignal(requestId, { approver: subject, client: cli }), 'client_not_allowed');
    expect(await statusOf(requestId)).toBe('pending');
  });

  it('is refused for what is critical, through the chat, and on a request of the same client', async () => {
    const caller = await decider();
    const user = await world.stack.person(['user'], { kind: 'bearer', clientId: client });
    const critical = await upgradeScope(world.deps, user, { scopes: ['execute:commands'] });
    const criticalId = critical.status === 'pending_admin_approval' ? critical.approval_request_id : '';
    await expect(approve(asCli(caller), criticalId)).rejects.toMatchObject({ code: 'client_not_allowed' });
    const requestId = await pendingUserData();
    for (const clientId of ['countersign-chat', client]) {
      const attempt = approve({ ...asCli(caller), clientId }, requestId);
      await expect(attempt).rejects.toMatchObject({ code: 'client_not_allowed' });
      const another = (await decider()).person.subject;
      await dropped(await decideBySignal(requestId, { approver: another, client: clientId }), 'client_not_allowed');
    }
    await dropped(
      await decideBySignal(criticalId, { approver: caller.person.subject, client: cli }),
      'client_not_allowed',
    );
    // As of requests that are not there: a token learns nothing about which its person may not decide.
    const theirOwn = { ...asCli(caller), person: user.person };
    await expect(approve(theirOwn, requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await statusOf(requestId)).toBe('pending');
    expect(await statusOf(criticalId)).toBe('pending');
  });
});
