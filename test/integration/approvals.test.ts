import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelRequest } from '../../api/approvals/cancel.ts';
import { decide } from '../../api/approvals/decide.ts';
import { listRequests } from '../../api/approvals/list-requests.ts';
import { requestDetail } from '../../api/approvals/request-detail.ts';
import { findVisibleRequest } from '../../api/approvals/find-visible.ts';
import { startScopeUpgrade } from '../../api/approvals/workflow-gateway.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { revokeGrant } from '../../api/grants/revoke-grant.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { signStatement } from '../../activities/mint/statement.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { standingOf } from '../../activities/store/credentials.ts';
import { countPending, findRequest, openRequest } from '../../activities/store/requests.ts';
import { approveSignal, cancelSignal, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
let stack: ApprovalStack;

beforeAll(async () => {
  stack = await startApprovalStack(policyText);
}, 60_000);
afterAll(() => stack.stop());
afterEach(async () => {
  stack.deps.now = () => new Date();
  await stack.policy(policyText);
});

const admin = (): Promise<Caller> => stack.person(['admin']);
async function bearerUser(): Promise<Caller> {
  const caller = await stack.person(['user'], { kind: 'bearer', clientId: 'some-client' });
  await recordConsent(stack.app.db, { subject: caller.person.subject, clientId: 'some-client' }, new Date());
  return caller;
}

async function ask(caller: Caller, justification?: string): Promise<string> {
  const answer = await upgradeScope(stack.deps, caller, {
    scopes: ['execute:commands'],
    tool_name: 'execute_command',
    tool_args: { command: 'ps aux | head -5' },
    ...(justification === undefined ? {} : { justification }),
  });
  if (answer.status !== 'pending_admin_approval') throw new Error(`unexpected ${JSON.stringify(answer)}`);
  return answer.approval_request_id;
}

const approve = (caller: Caller, requestId: string): ReturnType<typeof decide> =>
  decide(stack.deps, caller, { requestId, verdict: 'approve', note: null, claimedEmail: undefined });
const deny = (caller: Caller, requestId: string): ReturnType<typeof decide> =>
  decide(stack.deps, caller, { requestId, verdict: 'deny', note: 'not today', claimedEmail: undefined });

async function auditOf(requestId: string): Promise<string[]> {
  const rows = await stack.app.db
    .selectFrom('audit_events')
    .select('type')
    .where('request_id', '=', requestId)
    .orderBy('position')
    .execute();
  return rows.map(({ type }) => type);
}

async function verifyToken(token: string): Promise<{ scope: string; jti: string }> {
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys: [stack.mintPublicJwk] }), {
    issuer: stack.deps.issuer,
    audience: stack.deps.mcpResource,
    typ: 'at+jwt',
  });
  expect(protectedHeader.kid).toBe('mint-1');
  return payload as unknown as { scope: string; jti: string };
}

describe('what policy grants at once', () => {
  it('is approved with a token for the MCP resource, and asking again creates nothing', async () => {
    const caller = await bearerUser();
    const first = await upgradeScope(stack.deps, caller, { scopes: ['read:files'] });
    expect(first).toMatchObject({ status: 'approved', auto_approved: true, approved_scopes: ['read:files'] });
    const { scope, jti } = await verifyToken(first.status === 'approved' ? (first.new_token ?? '') : '');
    expect(scope).toBe('none read:files');
    const { subject } = caller.person;
    expect(
      (await standingOf(stack.app.db, { subject, clientId: 'some-client', issuedAt: new Date(), jti }, new Date()))
        ?.live,
    ).toHaveLength(1);
    const again = await upgradeScope(stack.deps, caller, { scopes: ['read:files'] });
    expect(again).toMatchObject({ status: 'approved', auto_approved: false });
    expect(again.status === 'approved' && again.new_token).toBeTruthy();
    const requests = await stack.app.db
      .selectFrom('scope_requests')
      .selectAll()
      .where('subject', '=', caller.person.subject)
      .execute();
    expect(requests).toHaveLength(1);
  });

  it('does not wait for the rest: a mixed set is granted in part and pending in part', async () => {
    const caller = await bearerUser();
    const answer = await upgradeScope(stack.deps, caller, { scopes: ['read:files', 'execute:commands'] });
    expect(answer).toMatchObject({ status: 'pending_admin_approval', auto_approved_scopes: ['read:files'] });
    if (answer.status !== 'pending_admin_approval') return;
    expect((await verifyToken(answer.new_token ?? '')).scope).toBe('none read:files');
    expect((await findRequest(stack.app.db, answer.approval_request_id))?.scopes).toEqual(['execute:commands']);
    await approve(await admin(), answer.approval_request_id);
    const whole = await upgradeScope(stack.deps, caller, { scopes: ['read:files', 'execute:commands'] });
    expect(whole).toMatchObject({ status: 'approved', approved_scopes: ['execute:commands', 'read:files'] });
  });

  it('grants nothing beside a refusal', async () => {
    const caller = await bearerUser();
    const answer = await upgradeScope(stack.deps, caller, { scopes: ['read:files', 'approve:requests'] });
    expect(answer.status).toBe('denied');
    expect((await listGrants(stack.deps, caller, { limit: 10 })).grants).toEqual([]);
  });

  it('gives a browser no token', async () => {
    const caller = await stack.person(['user']);
    const answer = await upgradeScope(stack.deps, caller, { scopes: ['read:files'] });
    expect(answer).toMatchObject({ status: 'approved' });
    expect(answer).not.toHaveProperty('new_token');
  });
});

describe('a request that needs a person', () => {
  it('is approved by another person; the bearer collects its token by asking again', async () => {
    const caller = await bearerUser();
    const approver = await admin();
    const requestId = await ask(caller, 'to look at processes');
    const { httpStatus, body } = await approve(approver, requestId);
    expect(httpStatus).toBe(200);
    expect(body).toMatchObject({
      status: 'approved',
      approved_by: approver.person.email,
      deciding: false,
      grant: { status: 'active' },
    });
    expect(await auditOf(requestId)).toEqual([
      'request.created',
      'request.pending',
      'decision.recorded',
      'request.approved',
      'grant.created',
    ]);
    const collected = await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'] });
    expect(collected.status).toBe('approved');
    await verifyToken(collected.status === 'approved' ? (collected.new_token ?? '') : '');
  });

  it('is approved in part where it was not asked for one call: only that is held', async () => {
    const caller = await bearerUser();
    const answer = await upgradeScope(stack.deps, caller, { scopes: ['admin:system', 'execute:commands'] });
    if (answer.status !== 'pending_admin_approval') throw new Error(JSON.stringify(answer));
    const part = {
      requestId: answer.approval_request_id,
      verdict: 'approve',
      note: null,
      claimedEmail: undefined,
    } as const;
    const { body } = await decide(stack.deps, await admin(), { ...part, scopes: ['execute:commands'] });
    expect(body).toMatchObject({ status: 'approved', grant: { scopes: ['execute:commands'] } });
    const holder = { subject: caller.person.subject, clientId: caller.clientId };
    expect(await heldScopes(stack.app.db, holder, new Date())).toEqual(['execute:commands']);
  });

  it('is not approved in part where it was asked for one call', async () => {
    const answer = await upgradeScope(stack.deps, await bearerUser(), {
      scopes: ['admin:system', 'execute:commands'],
      tool_name: 'execute_command',
      tool_args: { command: 'date' },
    });
    if (answer.status !== 'pending_admin_approval') throw new Error(JSON.stringify(answer));
    const part = {
      requestId: answer.approval_request_id,
      verdict: 'approve',
      note: null,
      claimedEmail: undefined,
    } as const;
    const refused = decide(stack.deps, await admin(), { ...part, scopes: ['execute:commands'] });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await findRequest(stack.app.db, part.requestId)).toMatchObject({ status: 'pending', deciding: false });
  });

  it('answers the same approver repeating the same verdict with 200 and changes nothing', async () => {
    const approver = await admin();
    const requestId = await ask(await bearerUser());
    await approve(approver, requestId);
    expect((await approve(approver, requestId)).httpStatus).toBe(200);
    expect((await auditOf(requestId)).filter((type) => type === 'request.approved')).toHaveLength(1);
  });

  it('is denied with its reason, and a later approval of another person is 409 with the final state', async () => {
    const [first, second] = [await admin(), await admin()];
    const requestId = await ask(await bearerUser());
    expect((await deny(first, requestId)).body).toMatchObject({
      status: 'denied',
      denied_by: first.person.email,
      denial_reason: 'not today',
    });
    await expect(approve(second, requestId)).rejects.toMatchObject({
      code: 'already_decided',
      details: { request: { status: 'denied' } },
    });
  });

  it('is cancelled by its requester and by nobody else', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await expect(cancelRequest(stack.deps, await admin(), requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect((await cancelRequest(stack.deps, caller, requestId)).body.status).toBe('cancelled');
    expect((await cancelRequest(stack.deps, caller, requestId)).httpStatus).toBe(200);
    expect((await auditOf(requestId)).at(-1)).toBe('request.cancelled');
  });

  it('expires, and can be asked again', async () => {
    await stack.policy(policyText.replace('request_ttl: 24h', 'request_ttl: 2s'));
    const caller = await stack.person(['user']);
    const requestId = await ask(caller);
    await expect
      .poll(async () => (await findRequest(stack.app.db, requestId))?.status, { timeout: 10_000 })
      .toBe('expired');
    expect((await auditOf(requestId)).at(-1)).toBe('request.expired');
    await expect(approve(await admin(), requestId)).rejects.toMatchObject({ code: 'already_decided' });
    expect(await ask(caller)).not.toBe(requestId);
  });

  it('is joined, not duplicated, by the same call while it is open (RULES 19)', async () => {
    const caller = await bearerUser();
    const ids = await Promise.all([ask(caller), ask(caller), ask(caller)]);
    expect(new Set(ids).size).toBe(1);
  });

  it('has one terminal transition when sixteen deciders race (RULES 16)', async () => {
    const deciders = await Promise.all(Array.from({ length: 16 }, admin));
    const requestId = await ask(await bearerUser());
    const results = await Promise.allSettled(
      deciders.map((decider, index) => (index % 2 === 0 ? approve : deny)(decider, requestId)),
    );
    const judged = results.filter((result) => result.status === 'fulfilled' && result.value.httpStatus === 200);
    expect(judged).toHaveLength(1);
    await expect
      .poll(async () => (await findRequest(stack.app.db, requestId))?.status, { timeout: 20_000 })
      .toMatch(/^(approved|denied)$/);
    const ends = (await auditOf(requestId)).filter((type) => ['request.approved', 'request.denied'].includes(type));
    expect(ends).toHaveLength(1);
    for (const result of results) {
      // Told before the winner's decision is in force, a loser is asked to look again.
      const code: unknown = expect.stringMatching(/^(already_decided|temporarily_unavailable)$/);
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code });
    }
  });
});

describe('who may decide and see (RULES 1, 9)', () => {
  it('refuses one’s own request, audited', async () => {
    const self = await stack.person(['admin']);
    const answer = await upgradeScope(stack.deps, self, { scopes: ['admin:users'] });
    const requestId = answer.status === 'pending_admin_approval' ? answer.approval_request_id : '';
    await expect(approve(self, requestId)).rejects.toMatchObject({ code: 'own_request' });
    expect(await auditOf(requestId)).toContain('decision.refused');
    expect((await findRequest(stack.app.db, requestId))?.status).toBe('pending');
  });

  it('hides a request from third people as 404, audited, and lets an auditor read but not decide', async () => {
    const requestId = await ask(await bearerUser());
    const third = await stack.person(['user']);
    await expect(findVisibleRequest(stack.app.db, third, requestId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(approve(third, requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await auditOf(requestId)).toContain('access.refused');
    const auditor = await stack.person(['auditor']);
    await expect(findVisibleRequest(stack.app.db, auditor, requestId)).resolves.toBeDefined();
    await expect(approve(auditor, requestId)).rejects.toMatchObject({ code: 'not_approver' });
  });

  it('tells those who watch over a request what others tried with it, not its requester', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await expect(approve(await stack.person(['user']), requestId)).rejects.toMatchObject({ code: 'not_found' });
    const typesFor = async (viewer: Caller) =>
      (await requestDetail(stack.deps, viewer, requestId)).timeline.map(({ type }) => type);
    expect(await typesFor(await stack.person(['auditor']))).toContain('access.refused');
    const own = await typesFor(caller);
    expect(own).toContain('request.pending');
    expect(own).not.toContain('access.refused');
  });

  it('refuses an admin_email that names anybody else, and a token instead of a browser session', async () => {
    const requestId = await ask(await bearerUser());
    const approver = await admin();
    const spoofed = decide(stack.deps, approver, {
      requestId,
      verdict: 'approve',
      note: null,
      claimedEmail: 'other@example.com',
    });
    await expect(spoofed).rejects.toMatchObject({ code: 'identity_mismatch' });
    await expect(approve({ ...approver, kind: 'bearer' }, requestId)).rejects.toMatchObject({
      code: 'insufficient_scope',
    });
  });

  it('tells a token without approve:requests the same of what is there and of what is not', async () => {
    const token: Caller = { ...(await admin()), kind: 'bearer', scopes: ['none'] };
    const there = await ask(await bearerUser());
    const refusals = async (attempts: readonly Promise<unknown>[]) =>
      new Set(
        (await Promise.allSettled(attempts)).map((attempt) =>
          attempt.status === 'rejected' && attempt.reason instanceof DomainError
            ? `${attempt.reason.code}: ${attempt.reason.message}`
            : attempt.status,
        ),
      );
    const decided = await refusals([approve(token, there), approve(token, 'req_nowhere')]);
    expect([...decided]).toEqual([expect.stringMatching(/^insufficient_scope/) as string]);

    const holder = await bearerUser();
    const requestId = await ask(holder);
    await approve(await admin(), requestId);
    const [grant] = (await listGrants(stack.deps, holder, { status: 'active', limit: 10 })).grants;
    const revoked = await refusals([
      revokeGrant(stack.deps, token, grant?.grant_id ?? '', undefined),
      revokeGrant(stack.deps, token, 'grant_nowhere', undefined),
    ]);
    expect([...revoked]).toEqual([expect.stringMatching(/^insufficient_scope/) as string]);
  });

  it('drops statements that are forged, of another request, or of the requester, and stays pending', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    const approver = await admin();
    const row = await findRequest(stack.app.db, requestId);
    const statement = {
      request: requestId,
      digest: row?.digest ?? '',
      verdict: 'approve' as const,
      scopes: ['execute:commands'],
      approver: approver.person.subject,
      nonce: 'dec_forged',
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 60,
    };
    const foreign = { ...stack.decisionPrivateJwk, ...(await foreignKey()) };
    const handle = stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
    await handle.signal(approveSignal, {
      decisionId: 'dec_forged',
      statement: await signStatement(statement, foreign),
    });
    await handle.signal(approveSignal, {
      decisionId: 'dec_self',
      statement: await signStatement(
        { ...statement, nonce: 'dec_self', approver: caller.person.subject },
        stack.decisionPrivateJwk,
      ),
    });
    await handle.signal(approveSignal, {
      decisionId: 'dec_moved',
      statement: await signStatement({ ...statement, nonce: 'dec_moved', digest: 'other' }, stack.decisionPrivateJwk),
    });
    await expect
      .poll(async () => (await auditOf(requestId)).filter((type) => type === 'decision.dropped').length)
      .toBe(3);
    expect((await findRequest(stack.app.db, requestId))?.status).toBe('pending');
  });
});

async function foreignKey(): Promise<{ x: string; y: string; d: string }> {
  const { generateKeyPair, exportJWK } = await import('jose');
  const {
    x = '',
    y = '',
    d = '',
  } = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
  return { x, y, d };
}

describe('grants (RULES 12, 15)', () => {
  it('is dead for every later call as soon as revoke has answered, and issues no new token', async () => {
    const caller = await bearerUser();
    const approver = await admin();
    const requestId = await ask(caller);
    await approve(approver, requestId);
    const collected = await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'] });
    const { jti } = await verifyToken(collected.status === 'approved' ? (collected.new_token ?? '') : '');
    const [grant] = (await listGrants(stack.deps, caller, { status: 'active', limit: 10 })).grants;
    await expect(revokeGrant(stack.deps, caller, grant?.grant_id ?? '', undefined)).rejects.toMatchObject({
      code: 'insufficient_scope',
    });
    expect((await revokeGrant(stack.deps, approver, grant?.grant_id ?? '', 'done')).status).toBe('revoked');
    const { subject } = caller.person;
    expect(
      (await standingOf(stack.app.db, { subject, clientId: 'some-client', issuedAt: new Date(), jti }, new Date()))
        ?.live,
    ).toEqual([]);
    await expect
      .poll(
        async () =>
          (await stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).describe()).status.name,
      )
      .toBe('COMPLETED');
    expect((await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'] })).status).toBe(
      'pending_admin_approval',
    );
  });

  it('can be written, and requests approved, by the mint role alone', async () => {
    const requestId = await ask(await bearerUser());
    const row = await findRequest(stack.app.db, requestId);
    const grant = {
      grant_id: 'gra_forged',
      request_id: requestId,
      subject: row?.subject ?? '',
      client_id: 'some-client',
      session_id: null,
      scopes: ['execute:commands'],
      granted_at: new Date(),
      expires_at: new Date(Date.now() + 3_600_000),
      end_reason: null,
      ended_at: null,
      ended_by: null,
    };
    await expect(stack.app.db.insertInto('grants').values(grant).execute()).rejects.toThrow(/permission denied/);
    await expect(
      stack.app.db
        .updateTable('scope_requests')
        .set({ status: 'approved' })
        .where('request_id', '=', requestId)
        .execute(),
    ).rejects.toThrow(/only the mint role approves/);
    await expect(stack.app.db.updateTable('grants').set({ expires_at: new Date() }).execute()).rejects.toThrow(
      /permission denied/,
    );
    await expect(stack.owner.db.deleteFrom('audit_events').execute()).rejects.toThrow(/append-only/);
  });

  it('refuses at the mint what nobody approved, even when the workflow is told otherwise', async () => {
    const requestId = await ask(await bearerUser());
    const { mintGrant } = await import('../../activities/mint/mint-grant.ts');
    const deps = { db: stack.mint.db, verify: () => Promise.resolve(undefined), now: () => new Date() };
    expect(await mintGrant(deps, { requestId })).toEqual({ minted: false, refusal: 'forbidden_by_policy' });
    expect(await mintGrant(deps, { requestId, decisionId: 'dec_none' })).toEqual({
      minted: false,
      refusal: 'statement_invalid',
    });
    expect((await findRequest(stack.app.db, requestId))?.status).toBe('pending');
  });
});

describe('a scope that policy binds to a session (RULES 13)', () => {
  const bound = policyText.replace('binding: account+client', 'binding: session');

  it('is granted to the session that asked and to no other', async () => {
    await stack.policy(bound);
    const browser = { ...(await stack.person(['user'])), sessionId: 'session-1' };
    expect((await upgradeScope(stack.deps, browser, { scopes: ['read:files'] })).status).toBe('approved');
    const holder = { subject: browser.person.subject, clientId: browser.clientId };
    expect(await heldScopes(stack.app.db, holder, new Date())).toEqual([]);
    expect(await heldScopes(stack.app.db, { ...holder, sessionId: 'session-2' }, new Date())).toEqual([]);
    expect(await heldScopes(stack.app.db, { ...holder, sessionId: 'session-1' }, new Date())).toEqual(['read:files']);
  });

  it('is not granted without a session, at the API or at the mint', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await stack.policy(bound);
    await expect(upgradeScope(stack.deps, caller, { scopes: ['read:files'] })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(approve(await admin(), requestId)).rejects.toMatchObject({ code: 'already_decided' });
    expect((await findRequest(stack.app.db, requestId))?.status).toBe('denied');
  });
});

describe('what only somebody inside could try', () => {
  it('withdraws nothing by a bare signal, whoever sends it', async () => {
    const requestId = await ask(await bearerUser());
    await stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).signal(cancelSignal);
    expect((await approve(await admin(), requestId)).body.status).toBe('approved');
  });

  it('does not burn a decision by a signal that only names its id', async () => {
    const requestId = await ask(await bearerUser());
    const other = await ask(await bearerUser());
    const approver = await admin();
    await stack.stopWorker();
    expect((await approve(approver, requestId)).httpStatus).toBe(202);
    const { decision_id: decisionId } = await stack.app.db
      .selectFrom('decisions')
      .select('decision_id')
      .where('request_id', '=', requestId)
      .executeTakeFirstOrThrow();
    await stack.deps.temporal.workflow
      .getHandle(scopeUpgradeWorkflowId(other))
      .signal(approveSignal, { decisionId, statement: 'junk' });
    await stack.startWorker();
    await expect
      .poll(async () => (await findRequest(stack.app.db, requestId))?.status, { timeout: 20_000 })
      .toBe('approved');
    expect((await findRequest(stack.app.db, other))?.status).toBe('pending');
  });

  it('has at most fifty requests of one person open', async () => {
    const caller = await stack.person(['user']);
    const { subject } = caller.person;
    // All at once: no two of them count without each other.
    const opened = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) => {
        const asked = { scopes: ['execute:commands'], toolName: null, toolArgs: { n }, justification: null };
        return stack.app.db
          .transaction()
          .execute((trx) => openRequest(trx, { subject, clientId: caller.clientId, sessionId: null, ...asked }));
      }),
    );
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    await expect(ask(caller)).rejects.toMatchObject({ code: 'rate_limited' });
    // One that waits already is joined, and what was refused is nowhere.
    const n = opened.findIndex(({ status }) => status === 'fulfilled');
    const again = { scopes: ['execute:commands'], toolName: null, toolArgs: { n }, justification: null };
    const joined = await stack.app.db
      .transaction()
      .execute((trx) => openRequest(trx, { subject, clientId: caller.clientId, sessionId: null, ...again }));
    expect(joined).toMatchObject({ created: false, request: { tool_args: { n } } });
    expect(await countPending(stack.app.db, subject)).toBe(50);
  });
});

describe('when parts are missing (RULES 17, 26)', () => {
  it('has a decision that comes before policy has looked wait a moment for it, and never calls it late', async () => {
    const approver = await admin();
    const { person } = await bearerUser();
    const asked = { scopes: ['execute:commands'], toolName: null, toolArgs: null, justification: null };
    const { request } = await stack.app.db
      .transaction()
      .execute((trx) =>
        openRequest(trx, { subject: person.subject, clientId: 'some-client', sessionId: null, ...asked }),
      );
    const early = approve(approver, request.request_id);
    await expect(early).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    const decided = approve(approver, request.request_id);
    await startScopeUpgrade(stack.deps, request.request_id);
    expect(await decided).toMatchObject({ httpStatus: 200, body: { status: 'approved' } });
  });

  it('records a decision while no worker runs (202) and applies it when one returns', async () => {
    const approver = await admin();
    const requestId = await ask(await bearerUser());
    await stack.stopWorker();
    const { httpStatus, body } = await approve(approver, requestId);
    expect(httpStatus).toBe(202);
    expect(body.status).toBe('pending');
    await stack.startWorker();
    await expect
      .poll(async () => (await findRequest(stack.app.db, requestId))?.status, { timeout: 20_000 })
      .toBe('approved');
  });

  it('counts a decision that was recorded in time although its signal was lost', async () => {
    await stack.policy(policyText.replace('request_ttl: 24h', 'request_ttl: 3s'));
    const approver = await admin();
    const requestId = await ask(await bearerUser());
    const row = await findRequest(stack.app.db, requestId);
    const decisionId = 'dec_lost_signal';
    const iat = Math.floor(Date.now() / 1000);
    const statement = await signStatement(
      {
        request: requestId,
        digest: row?.digest ?? '',
        verdict: 'approve',
        scopes: ['execute:commands'],
        approver: approver.person.subject,
        nonce: decisionId,
        iat,
        exp: iat + 3,
      },
      stack.decisionPrivateJwk,
    );
    const decision = { request_id: requestId, approver: approver.person.subject, verdict: 'approve' as const };
    await stack.app.db
      .insertInto('decisions')
      .values({ decision_id: decisionId, ...decision, statement, note: null, judged_at: null, outcome: null })
      .execute();
    await expect
      .poll(async () => (await findRequest(stack.app.db, requestId))?.status, { timeout: 20_000 })
      .toBe('approved');
  });

  it('keeps deciding while the mint is down and grants when it returns', async () => {
    const approver = await admin();
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await stack.stopMint();
    const { httpStatus, body } = await approve(approver, requestId);
    expect(httpStatus).toBe(202);
    expect(body).toMatchObject({ status: 'pending', deciding: true });
    await stack.startMint();
    await expect
      .poll(async () => (await findRequest(stack.app.db, requestId))?.status, { timeout: 20_000 })
      .toBe('approved');
  });
});

describe('bad input', () => {
  it('refuses unknown scopes whole and a foreign session', async () => {
    const caller = await bearerUser();
    await expect(upgradeScope(stack.deps, caller, { scopes: ['read:files', 'no:such'] })).rejects.toMatchObject({
      code: 'unknown_scope',
    });
    await expect(
      upgradeScope(stack.deps, caller, { scopes: ['read:files'], session_id: 'other' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('asks for a justification where policy requires one', async () => {
    await stack.policy(policyText.replace('justification: optional', 'justification: required'));
    await expect(ask(await bearerUser())).rejects.toMatchObject({ code: 'justification_required' });
    await expect(ask(await bearerUser(), 'because')).resolves.toBeTruthy();
  });
});

describe('a token of an approver or auditor (RULES 3)', () => {
  it('sees what is its person’s own and nothing of others', async () => {
    const requestId = await ask(await bearerUser());
    const token = await stack.person(['admin', 'auditor'], { kind: 'bearer', clientId: 'some-client' });
    await expect(findVisibleRequest(stack.app.db, token, requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect((await listRequests(stack.deps, token, { limit: 50 })).requests).toEqual([]);
    expect((await listGrants(stack.deps, token, { limit: 50 })).grants).toEqual([]);
    expect((await listRequests(stack.deps, { ...token, kind: 'browser' }, { limit: 50 })).requests).not.toEqual([]);
  });
});
