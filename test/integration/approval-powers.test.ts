import { readFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { decide } from '../../api/approvals/decide.ts';
import { listRequests } from '../../api/approvals/list-requests.ts';
import { requestDetail } from '../../api/approvals/request-detail.ts';
import { findVisibleRequest } from '../../api/approvals/find-visible.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import { revokeGrant } from '../../api/grants/revoke-grant.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { countPending, openRequest } from '../../activities/store/requests.ts';
import type { DecisionStatement } from '../../workflows/domain/decision.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { approveSignal, cancelSignal, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { approvalsWorld, someClient } from '../support/approvals-world.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const world = approvalsWorld(policyText);
const { admin, bearerUser, ask, approve, statusOf, auditTypesOf, statementFor } = world;

describe('who may decide and see (RULES 1, 9)', () => {
  it('refuses one’s own request, audited', async () => {
    const self = await world.stack.person(['admin']);
    const answer = await upgradeScope(world.deps, self, { scopes: ['admin:users'] });
    const requestId = answer.status === 'pending_admin_approval' ? answer.approval_request_id : '';
    await expect(approve(self, requestId)).rejects.toMatchObject({ code: 'own_request' });
    expect(await auditTypesOf(requestId)).toContain('decision.refused');
    expect(await statusOf(requestId)).toBe('pending');
  });

  it('hides a request from third people as 404, audited, and lets an auditor read but not decide', async () => {
    const requestId = await ask(await bearerUser());
    const third = await world.stack.person(['user']);
    await expect(findVisibleRequest(world.db, third, requestId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(approve(third, requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await auditTypesOf(requestId)).toContain('access.refused');
    const auditor = await world.stack.person(['auditor']);
    await expect(findVisibleRequest(world.db, auditor, requestId)).resolves.toBeDefined();
    await expect(approve(auditor, requestId)).rejects.toMatchObject({ code: 'not_approver' });
  });

  it('tells those who watch over a request what others tried with it, not its requester', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await expect(approve(await world.stack.person(['user']), requestId)).rejects.toMatchObject({ code: 'not_found' });
    const typesFor = async (viewer: Caller) =>
      (await requestDetail(world.deps, viewer, requestId)).timeline.map(({ type }) => type);
    expect(await typesFor(await world.stack.person(['auditor']))).toContain('access.refused');
    const own = await typesFor(caller);
    expect(own).toContain('request.pending');
    expect(own).not.toContain('access.refused');
  });

  it('refuses an admin_email that names anybody else, and a token instead of a browser session', async () => {
    const requestId = await ask(await bearerUser());
    const approver = await admin();
    const spoofed = decide(world.deps, approver, {
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
    const [grant] = (await listGrants(world.deps, holder, { status: 'active', limit: 10 })).grants;
    const revoked = await refusals([
      revokeGrant(world.deps, token, grant?.grant_id ?? '', undefined),
      revokeGrant(world.deps, token, 'grant_nowhere', undefined),
    ]);
    expect([...revoked]).toEqual([expect.stringMatching(/^insufficient_scope/) as string]);
  });

  it('drops statements that are forged, of another request, or of the requester, and stays pending', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    const approver = await admin();
    const handle = world.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
    const signal = async (decisionId: string, claims: Partial<DecisionStatement>, key?: JWK) => {
      const all = { approver: approver.person.subject, nonce: decisionId, ...claims };
      await handle.signal(approveSignal, { decisionId, statement: await statementFor(requestId, all, key) });
    };
    await signal('dec_forged', {}, { ...world.stack.decisionPrivateJwk, ...(await foreignKey()) });
    await signal('dec_self', { approver: caller.person.subject });
    await signal('dec_moved', { digest: 'other' });
    await expect
      .poll(async () => (await auditTypesOf(requestId)).filter((type) => type === 'decision.dropped').length)
      .toBe(3);
    expect(await statusOf(requestId)).toBe('pending');
  });
});

async function foreignKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { x = '', y = '', d = '' } = await exportJWK(privateKey);
  return { x, y, d };
}

describe('what only somebody inside could try', () => {
  it('withdraws nothing by a bare signal, whoever sends it', async () => {
    const requestId = await ask(await bearerUser());
    await world.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).signal(cancelSignal);
    expect((await approve(await admin(), requestId)).body.status).toBe('approved');
  });

  it('does not burn a decision by a signal that only names its id', async () => {
    const requestId = await ask(await bearerUser());
    const other = await ask(await bearerUser());
    const approver = await admin();
    await world.stack.stopWorker();
    expect((await approve(approver, requestId)).httpStatus).toBe(202);
    const { decision_id: decisionId } = await world.db
      .selectFrom('decisions')
      .select('decision_id')
      .where('request_id', '=', requestId)
      .executeTakeFirstOrThrow();
    await world.deps.temporal.workflow
      .getHandle(scopeUpgradeWorkflowId(other))
      .signal(approveSignal, { decisionId, statement: 'junk' });
    await world.stack.startWorker();
    await expect.poll(() => statusOf(requestId), { timeout: 20_000 }).toBe('approved');
    expect(await statusOf(other)).toBe('pending');
  });

  it('has at most fifty requests of one person open', async () => {
    const caller = await world.stack.person(['user']);
    const { subject } = caller.person;
    // All at once: no two of them count without each other.
    const opened = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) => {
        const asked = { scopes: ['execute:commands'], toolName: null, toolArgs: { n }, justification: null };
        return world.db
          .transaction()
          .execute((trx) => openRequest(trx, { subject, clientId: caller.clientId, sessionId: null, ...asked }));
      }),
    );
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    await expect(ask(caller)).rejects.toMatchObject({ code: 'rate_limited' });
    // One that waits already is joined, and what was refused is nowhere.
    const n = opened.findIndex(({ status }) => status === 'fulfilled');
    const again = { scopes: ['execute:commands'], toolName: null, toolArgs: { n }, justification: null };
    const joined = await world.db
      .transaction()
      .execute((trx) => openRequest(trx, { subject, clientId: caller.clientId, sessionId: null, ...again }));
    expect(joined).toMatchObject({ created: false, request: { tool_args: { n } } });
    expect(await countPending(world.db, subject)).toBe(50);
  });
});

describe('a token of an approver or auditor (RULES 3)', () => {
  it('sees what is its person’s own and nothing of others', async () => {
    const requestId = await ask(await bearerUser());
    const token = await world.stack.person(['admin', 'auditor'], { kind: 'bearer', clientId: someClient });
    await expect(findVisibleRequest(world.db, token, requestId)).rejects.toMatchObject({ code: 'not_found' });
    expect((await listRequests(world.deps, token, { limit: 50 })).requests).toEqual([]);
    expect((await listGrants(world.deps, token, { limit: 50 })).grants).toEqual([]);
    expect((await listRequests(world.deps, { ...token, kind: 'browser' }, { limit: 50 })).requests).not.toEqual([]);
  });
});
