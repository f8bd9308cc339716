import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect } from 'vitest';
import { decide } from '../../api/approvals/decide.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { insertChatSession } from '../../activities/store/chat-sessions.ts';
import { findRequest, openRequest, recordEvaluation } from '../../activities/store/requests.ts';
import { findCall, parkCall, proposeCall, type ToolCall } from '../../activities/store/tool-call-runs.ts';
import { attachRequest } from '../../activities/store/tool-calls.ts';
import { createSweeper } from '../../activities/sweep/sweeper.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { phaseQuery, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from './approval-stack.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
let stack: ApprovalStack;

/** Starts the stack around the tests of a file, in which things are left behind for {@link sweep} to find. */
export function leaveThingsBehind(): { readonly stack: ApprovalStack } {
  beforeAll(async () => {
    stack = await startApprovalStack(policyText);
  }, 60_000);
  afterAll(() => stack.stop());
  return {
    get stack() {
      return stack;
    },
  };
}

/** One sweep by a sweeper of the test's own, beside the worker's; what is left behind counts at once. */
export const sweep = () =>
  createSweeper({
    db: stack.app.db,
    client: stack.deps.temporal,
    now: () => new Date(),
    logger: pino({ level: 'silent' }),
    timing: { graceMs: 0, walkBatch: 1_000 },
  }).sweep();

/** Somebody at the chat. */
export const asker = (): Promise<Caller> => stack.person(['user'], { kind: 'bearer', clientId: chatClientId });

/** As the roles that serve have it. */
export const db = () => stack.app.db;

/** A request that waits, with its workflow. */
export async function pendingRequest(caller: Caller): Promise<string> {
  const answer = await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'], tool_name: 'execute_command' });
  if (answer.status !== 'pending_admin_approval') throw new Error(answer.status);
  return answer.approval_request_id;
}

/** The row alone, as an API leaves it that ended before it could start the workflow. */
export async function rowOf(caller: Caller, expiresInMs?: number): Promise<string> {
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

/** How a request stands. */
export const statusOf = async (requestId: string) => (await findRequest(db(), requestId))?.status;

/** What was audited about it: types and actors, oldest first. */
export const auditOf = async (of: { request_id: string } | { session_id: string }) => {
  const query = db().selectFrom('audit_events').select(['type', 'actor']).orderBy('position');
  const rows = await (
    'request_id' in of ? query.where('request_id', '=', of.request_id) : query.where('session_id', '=', of.session_id)
  ).execute();
  return rows.map(({ type, actor }) => `${type} ${actor}`);
};

/** How many of the entries are of this type. */
export const count = (entries: readonly string[], type: string) =>
  entries.filter((one) => one.startsWith(`${type} `)).length;

/** What Temporal says of the workflow, if it knows it. */
export const workflowStatus = async (workflowId: string) => {
  const handle = stack.deps.temporal.workflow.getHandle(workflowId);
  return (await handle.describe().catch(() => undefined))?.status.name;
};

/** Ends a workflow as an operator could. */
export const terminate = (workflowId: string) =>
  stack.deps.temporal.workflow.getHandle(workflowId).terminate('by a test');

/** A request that was approved, and is left alone now. */
export async function granted(caller: Caller): Promise<string> {
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

/** A conversation without messages. */
export async function session(caller: Caller): Promise<string> {
  const sessionId = `ses_${randomUUID()}`;
  await insertChatSession(db(), { sessionId, subject: caller.person.subject, title: 'test' });
  return sessionId;
}

/** A conversation in the middle of a turn, with a proposed call, and no workflow. */
export async function conversation(caller: Caller, repeatable = false): Promise<ToolCall> {
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

/** Parks the call until the request is decided. */
export async function park(call: ToolCall, requestId: string): Promise<void> {
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

/** Puts the call where a crash might leave it. */
export async function setCall(call: ToolCall, status: 'ready' | 'running' | 'parked'): Promise<void> {
  const claimedAt = status === 'running' ? new Date(Date.now() - 1_000) : null;
  await db()
    .updateTable('tool_calls')
    .set({ status, claimed_at: claimedAt })
    .where('call_id', '=', call.call_id)
    .execute();
}
