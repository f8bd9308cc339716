import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../api/approvals/decide.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { attachRequest } from '../../activities/store/tool-calls.ts';
import { findCall, parkCall, proposeCall, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { insertUserMessage } from '../../activities/store/chat-messages.ts';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { oidcDigest, OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { insertChatSession } from '../../activities/store/chat-sessions.ts';
import { findGrantOfRequest } from '../../activities/store/grants.ts';
import { findRequest, openRequest, recordEvaluation, recordWithdrawal } from '../../activities/store/requests.ts';
import { createSweeper } from '../../activities/sweep/sweeper.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import {
  chatSessionWorkflowId,
  maintenanceWorkflowId,
  phaseQuery,
  scopeUpgradeWorkflowId,
} from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const hour = 3_600_000;
let stack: ApprovalStack;

beforeAll(async () => {
  stack = await startApprovalStack(policyText);
}, 60_000);
afterAll(() => stack.stop());

/** One sweep by a sweeper of the test's own, beside the worker's; what is left behind counts at once. */
const sweep = () =>
  createSweeper({
    db: stack.app.db,
    client: stack.deps.temporal,
    now: () => new Date(),
    logger: pino({ level: 'silent' }),
    timing: { graceMs: 0, walkBatch: 1_000 },
  }).sweep();

const asker = (): Promise<Caller> => stack.person(['user'], { kind: 'bearer', clientId: chatClientId });
const db = () => stack.app.db;

async function pendingRequest(caller: Caller): Promise<string> {
  const answer = await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'], tool_name: 'execute_command' });
  if (answer.status !== 'pending_admin_approval') throw new Error(answer.status);
  return answer.approval_request_id;
}

/** The row alone, as an API leaves it that ended before it could start the workflow. */
async function rowOf(caller: Caller, expiresInMs?: number): Promise<string> {
  return db()
    .transaction()
    .execute(async (trx) => {
      const { request } = await openRequest(trx, {
        subject: caller.person.subject,
        clientId: caller.clientId,
        sessionId: null,
        scopes: ['execute:commands'],
        toolName: 'execute_command',
        toolArgs: { command: 'date' },
        justification: null,
      });
      if (expiresInMs !== undefined)
        await recordEvaluation(trx, request, {
          approvalType: 'admin_required',
          rule: 'r',
          risk: 'critical',
          policyVersion: 'v',
          expiresAt: new Date(Date.now() + expiresInMs),
        });
      return request.request_id;
    });
}

/** Decides, but the API ends between recording and signalling. */
async function decideAndDie(approver: Caller, requestId: string, verdict: 'approve' | 'deny'): Promise<void> {
  const dead = () => Promise.reject(new Error('gone'));
  const temporal = { workflow: { getHandle: () => ({ executeUpdate: dead }), signalWithStart: dead } };
  const deps = { ...stack.deps, temporal: temporal as unknown as Client };
  await expect(decide(deps, approver, { requestId, verdict, note: null, claimedEmail: undefined })).rejects.toThrow(
    /cannot be processed/,
  );
}

const statusOf = async (requestId: string) => (await findRequest(db(), requestId))?.status;
const auditOf = async (of: { request_id: string } | { session_id: string }) => {
  const query = db().selectFrom('audit_events').select(['type', 'actor']).orderBy('position');
  const rows = await (
    'request_id' in of ? query.where('request_id', '=', of.request_id) : query.where('session_id', '=', of.session_id)
  ).execute();
  return rows.map(({ type, actor }) => `${type} ${actor}`);
};
const count = (entries: readonly string[], type: string) => entries.filter((one) => one.startsWith(`${type} `)).length;
const workflowStatus = async (workflowId: string) => {
  const handle = stack.deps.temporal.workflow.getHandle(workflowId);
  return (await handle.describe().catch(() => undefined))?.status.name;
};
const terminate = (workflowId: string) => stack.deps.temporal.workflow.getHandle(workflowId).terminate('by a test');

describe('a request', () => {
  it('without a workflow gets one, once, however many sweep', async () => {
    const requestId = await rowOf(await asker());
    await Promise.all([sweep(), sweep(), sweep()]);
    await expect.poll(() => statusOf(requestId), { timeout: 10_000 }).toBe('pending');
    await sweep();
    expect(await workflowStatus(scopeUpgradeWorkflowId(requestId))).toBe('RUNNING');
    const entries = await auditOf({ request_id: requestId });
    expect(count(entries, 'request.workflow_restarted')).toBe(1);
    expect(entries).toContain('request.workflow_restarted system');
    expect(count(entries, 'request.pending')).toBe(1);
  });

  it('whose workflow was terminated goes on, and is approved once', async () => {
    const requestId = await pendingRequest(await asker());
    await terminate(scopeUpgradeWorkflowId(requestId));
    await sweep();
    const { httpStatus } = await decide(stack.deps, await stack.person(['admin']), {
      requestId,
      verdict: 'approve',
      note: null,
      claimedEmail: undefined,
    });
    expect(httpStatus).toBe(200);
    const entries = await auditOf({ request_id: requestId });
    for (const type of ['request.pending', 'request.approved', 'grant.created', 'request.workflow_restarted'])
      expect(count(entries, type), type).toBe(1);
  });

  it('past its end without a workflow expires, once, with its call; the conversation hears of it', async () => {
    const caller = await asker();
    const requestId = await rowOf(caller, 1);
    const call = await conversation(caller);
    await park(call, requestId);
    await expect
      .poll(async () => {
        await sweep();
        return statusOf(requestId);
      })
      .toBe('expired');
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('expired');
    expect(await workflowStatus(chatSessionWorkflowId(call.session_id))).toBe('RUNNING');
    const entries = await auditOf({ request_id: requestId });
    expect(entries.filter((one) => one.startsWith('request.expired'))).toEqual(['request.expired system']);
  });

  it('that was withdrawn without a word to its workflow ends as cancelled', async () => {
    const caller = await asker();
    const requestId = await pendingRequest(caller);
    const request = await findRequest(db(), requestId);
    if (request === undefined) throw new Error('no request');
    await db()
      .transaction()
      .execute((trx) => recordWithdrawal(trx, request, new Date(Date.now() - 1)));
    await sweep();
    await expect.poll(() => statusOf(requestId)).toBe('cancelled');
    expect(await auditOf({ request_id: requestId })).toContain(`request.cancelled ${caller.person.subject}`);
  });

  it('that waits with its workflow is left alone', async () => {
    const requestId = await pendingRequest(await asker());
    const before = await auditOf({ request_id: requestId });
    await sweep();
    expect(await auditOf({ request_id: requestId })).toEqual(before);
    expect(await statusOf(requestId)).toBe('pending');
  });
});

describe('a recorded decision', () => {
  it('whose signal never left is delivered and counts, once', async () => {
    const requestId = await pendingRequest(await asker());
    await decideAndDie(await stack.person(['admin']), requestId, 'approve');
    expect(await statusOf(requestId)).toBe('pending');
    await Promise.all([sweep(), sweep()]);
    await expect.poll(() => statusOf(requestId), { timeout: 10_000 }).toBe('approved');
    await sweep();
    const entries = await auditOf({ request_id: requestId });
    for (const type of ['decision.redelivered', 'request.approved', 'grant.created'])
      expect(count(entries, type), type).toBe(1);
  });

  it('made in time counts although time is up and the workflow is gone', async () => {
    const requestId = await rowOf(await asker(), 2_000);
    await decideAndDie(await stack.person(['admin']), requestId, 'deny');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await sweep();
    await expect.poll(() => statusOf(requestId), { timeout: 10_000 }).toBe('denied');
  });

  it('of a request that has ended is dropped, and says so', async () => {
    const requestId = await pendingRequest(await asker());
    await decideAndDie(await stack.person(['admin']), requestId, 'approve');
    await decide(stack.deps, await stack.person(['admin']), {
      requestId,
      verdict: 'deny',
      note: 'no',
      claimedEmail: undefined,
    });
    await expect.poll(() => workflowStatus(scopeUpgradeWorkflowId(requestId))).toBe('COMPLETED');
    await sweep();
    expect(await statusOf(requestId)).toBe('denied');
    const { outcome } = await db()
      .selectFrom('decisions')
      .select('outcome')
      .where('request_id', '=', requestId)
      .where('verdict', '=', 'approve')
      .executeTakeFirstOrThrow();
    expect(outcome).toBe('already_decided');
    expect(count(await auditOf({ request_id: requestId }), 'decision.dropped')).toBe(1);
  });
});

describe('a grant', () => {
  it('past its end that nobody closed is closed as expired, once', async () => {
    const caller = await asker();
    const requestId = await rowOf(caller);
    await insertGrant(caller, requestId, { grantedAt: Date.now() - hour, expiresAt: Date.now() - 1 });
    await Promise.all([sweep(), sweep()]);
    expect(await findGrantOfRequest(db(), requestId)).toMatchObject({ end_reason: 'expired', ended_by: 'system' });
    expect(count(await auditOf({ request_id: requestId }), 'grant.expired')).toBe(1);
  });

  it('whose workflow was terminated is revoked by system; one that is held is not', async () => {
    const [lost, held] = [await granted(await asker()), await granted(await asker())];
    await terminate(scopeUpgradeWorkflowId(lost));
    await Promise.all([sweep(), sweep()]);
    expect(await findGrantOfRequest(db(), lost)).toMatchObject({ end_reason: 'revoked', ended_by: 'system' });
    expect(count(await auditOf({ request_id: lost }), 'grant.revoked')).toBe(1);
    expect((await findGrantOfRequest(db(), held))?.end_reason).toBeNull();
  });
});

describe('a conversation', () => {
  it('with a queued message that nobody drives is taken up', async () => {
    const caller = await asker();
    const sessionId = await session(caller);
    await db()
      .transaction()
      .execute((trx) => insertUserMessage(trx, { messageId: `msg_${randomUUID()}`, sessionId, content: 'hello' }));
    await sweep();
    await expect.poll(() => workflowStatus(chatSessionWorkflowId(sessionId))).toBe('RUNNING');
  });

  it('with a call that is ready is taken up, also when its workflow was terminated', async () => {
    const call = await conversation(await asker());
    await setCall(call, 'ready');
    await sweep();
    await expect.poll(() => pendingActivities(call), { timeout: 10_000 }).toContain('runCall');
    // The call is claimed and its activity is there: it is nobody's business.
    await setCall(call, 'running');
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('running');

    await terminate(chatSessionWorkflowId(call.session_id));
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('unknown');
    await expect.poll(() => workflowStatus(chatSessionWorkflowId(call.session_id))).toBe('RUNNING');
  });

  it.each([
    [false, 'unknown'],
    [true, 'proposed'],
  ])('with a running call that nobody runs: repeatable %s becomes %s, once', async (repeatable, status) => {
    const call = await conversation(await asker(), repeatable);
    await setCall(call, 'running');
    await Promise.all([sweep(), sweep()]);
    expect((await findCall(db(), call.call_id))?.status).toBe(status);
    const entries = await auditOf({ session_id: call.session_id });
    expect(entries.filter((one) => one.startsWith('call.settled'))).toEqual(['call.settled system']);
  });

  it('whose parked call has its scope by now goes on; once per grant, so that nothing goes round in circles', async () => {
    const caller = await asker();
    const call = await conversation(caller);
    await db()
      .updateTable('tool_calls')
      .set({ required_scopes: ['execute:commands'] })
      .where('call_id', '=', call.call_id)
      .execute();
    await granted(caller);
    await setCall(call, 'parked');
    const [other] = [await conversation(await asker())];
    await setCall(other, 'parked');
    await Promise.all([sweep(), sweep()]);
    expect((await findCall(db(), call.call_id))?.status).toBe('ready');
    expect((await findCall(db(), other.call_id))?.status).toBe('parked');
    await setCall(call, 'parked');
    await sweep();
    expect((await findCall(db(), call.call_id))?.status).toBe('parked');
    expect(count(await auditOf({ session_id: call.session_id }), 'call.released')).toBe(1);
  });
});

describe('maintenance', () => {
  it('is one workflow that finds what is left behind by itself, and lets its worker stop at once', async () => {
    expect(await workflowStatus(maintenanceWorkflowId)).toBe('RUNNING');
    const requestId = await rowOf(await asker());
    await expect.poll(() => statusOf(requestId), { timeout: 25_000 }).toBe('pending');

    const begun = Date.now();
    await stack.stopWorker();
    expect(Date.now() - begun).toBeLessThan(4_000);
    await terminate(maintenanceWorkflowId);
    await stack.startWorker();
    await expect.poll(() => workflowStatus(maintenanceWorkflowId)).toBe('RUNNING');
  });
});

async function granted(caller: Caller): Promise<string> {
  const requestId = await pendingRequest(caller);
  const approver = await stack.person(['admin']);
  await decide(stack.deps, approver, { requestId, verdict: 'approve', note: null, claimedEmail: undefined });
  expect(await statusOf(requestId)).toBe('approved');
  // What the workflow releases by itself has been released.
  const handle = stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
  await expect.poll(() => handle.query(phaseQuery)).toBe('granted');
  await expect.poll(async () => (await handle.describe()).raw.pendingActivities?.length ?? 0).toBe(0);
  return requestId;
}

async function insertGrant(caller: Caller, requestId: string, life: { grantedAt: number; expiresAt: number }) {
  await stack.mint.db
    .insertInto('grants')
    .values({
      grant_id: `gra_${randomUUID()}`,
      request_id: requestId,
      subject: caller.person.subject,
      client_id: caller.clientId,
      session_id: null,
      scopes: ['execute:commands'],
      granted_at: new Date(life.grantedAt),
      expires_at: new Date(life.expiresAt),
      end_reason: null,
      ended_at: null,
      ended_by: null,
    })
    .execute();
}

async function session(caller: Caller): Promise<string> {
  const sessionId = `ses_${randomUUID()}`;
  await insertChatSession(db(), { sessionId, subject: caller.person.subject, title: 'test' });
  return sessionId;
}

/** A conversation in the middle of a turn, with a proposed call, and no workflow. */
async function conversation(caller: Caller, repeatable = false): Promise<ToolCall> {
  const sessionId = await session(caller);
  const [messageId, callId] = [`msg_${randomUUID()}`, `call_${randomUUID()}`];
  await db()
    .insertInto('chat_messages')
    .values({ message_id: messageId, session_id: sessionId, role: 'assistant', reply_to: null, status: 'running' })
    .execute();
  await proposeCall(db(), {
    callId,
    sessionId,
    messageId,
    name: 'execute_command',
    arguments: { command: 'date' },
    argumentsDigest: randomUUID(),
    repeatable,
  });
  const call = await findCall(db(), callId);
  if (call === undefined) throw new Error('no call');
  return call;
}

async function park(call: ToolCall, requestId: string): Promise<void> {
  await db()
    .transaction()
    .execute(async (trx) => {
      await parkCall(trx, call.call_id, { countsAsPark: true });
      await attachRequest(trx, call, requestId);
    });
  await db()
    .updateTable('chat_messages')
    .set({ status: 'awaiting_authorization' })
    .where('message_id', '=', call.message_id)
    .execute();
}

async function setCall(call: ToolCall, status: 'ready' | 'running' | 'parked'): Promise<void> {
  const claimedAt = status === 'running' ? new Date(Date.now() - 1_000) : null;
  await db()
    .updateTable('tool_calls')
    .set({ status, claimed_at: claimedAt })
    .where('call_id', '=', call.call_id)
    .execute();
}

async function pendingActivities(call: ToolCall): Promise<string[]> {
  const handle = stack.deps.temporal.workflow.getHandle(chatSessionWorkflowId(call.session_id));
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? '');
}

describe('registrations', () => {
  it('that nobody has used for a week are removed, audited, and no others', async () => {
    const payloads = new OidcPayloads(db(), new Uint8Array(32));
    const { person } = await asker();
    const [unused, young, consented, blocked] = ['unused', 'young', 'consented', 'blocked'].map(
      (name) => `${name}-${randomUUID()}`,
    ) as [string, string, string, string];
    for (const id of [unused, consented, blocked, young]) await payloads.upsert('Client', id, { client_id: id }, null);
    const past = new Date(Date.now() - 8 * 24 * hour);
    await db().updateTable('oidc_payloads').set({ created_at: past }).where('model', '=', 'Client').execute();
    await payloads.destroy('Client', young);
    await payloads.upsert('Client', young, { client_id: young }, null);
    await recordConsent(db(), { subject: person.subject, clientId: consented }, new Date());
    await stack.owner.db
      .insertInto('client_states')
      .values({ client_id: blocked, blocked_at: new Date(), blocked_by: person.subject, block_reason: 'a test' })
      .execute();
    await sweep();
    const rows = await db().selectFrom('oidc_payloads').select('id').where('model', '=', 'Client').execute();
    expect(rows.map(({ id }) => id).sort()).toEqual([young, consented, blocked].map(oidcDigest).sort());
    const audited = db().selectFrom('audit_events').select('data').where('type', '=', 'client.registrations_removed');
    expect(await audited.execute()).toEqual([{ data: { count: 1 } }]);
  });
});
