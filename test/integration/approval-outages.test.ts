import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startScopeUpgrade } from '../../api/approvals/workflow-gateway.ts';
import { openRequest } from '../../activities/store/requests.ts';
import { approvalsWorld, someClient } from '../support/approvals-world.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const world = approvalsWorld(policyText);
const { admin, bearerUser, ask, approve, statusOf, statementFor } = world;

describe('when parts are missing (RULES 17, 26)', () => {
  it('has a decision that comes before policy has looked wait a moment for it, and never calls it late', async () => {
    const approver = await admin();
    const { person } = await bearerUser();
    const asked = { scopes: ['execute:commands'], toolName: null, toolArgs: null, justification: null };
    const { request } = await world.db
      .transaction()
      .execute((trx) => openRequest(trx, { subject: person.subject, clientId: someClient, sessionId: null, ...asked }));
    const early = approve(approver, request.request_id);
    await expect(early).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    const decided = approve(approver, request.request_id);
    await startScopeUpgrade(world.deps, request.request_id);
    expect(await decided).toMatchObject({ httpStatus: 200, body: { status: 'approved' } });
  });

  it('records a decision while no worker runs (202) and applies it when one returns', async () => {
    const approver = await admin();
    const requestId = await ask(await bearerUser());
    await world.stack.stopWorker();
    const { httpStatus, body } = await approve(approver, requestId);
    expect(httpStatus).toBe(202);
    expect(body.status).toBe('pending');
    await world.stack.startWorker();
    await expect.poll(() => statusOf(requestId), { timeout: 20_000 }).toBe('approved');
  });

  it('counts a decision that was recorded in time although its signal was lost', async () => {
    await world.stack.policy(policyText.replace('request_ttl: 24h', 'request_ttl: 3s'));
    const approver = await admin();
    const requestId = await ask(await bearerUser());
    const decisionId = 'dec_lost_signal';
    const exp = Math.floor(Date.now() / 1_000) + 3;
    const statement = await statementFor(requestId, { approver: approver.person.subject, nonce: decisionId, exp });
    const decision = { request_id: requestId, approver: approver.person.subject, verdict: 'approve' as const };
    await world.db
      .insertInto('decisions')
      .values({ decision_id: decisionId, ...decision, statement, note: null, judged_at: null, outcome: null })
      .execute();
    await expect.poll(() => statusOf(requestId), { timeout: 20_000 }).toBe('approved');
  });

  it('keeps deciding while the mint is down and grants when it returns', async () => {
    const approver = await admin();
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await world.stack.stopMint();
    const { httpStatus, body } = await approve(approver, requestId);
    expect(httpStatus).toBe(202);
    expect(body).toMatchObject({ status: 'pending', deciding: true });
    await world.stack.startMint();
    await expect.poll(() => statusOf(requestId), { timeout: 20_000 }).toBe('approved');
  });
});
