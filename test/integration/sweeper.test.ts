import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { decide } from '../../api/approvals/decide.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { findCall } from '../../activities/store/tool-call-runs.ts';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { oidcDigest, OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { findGrantOfRequest } from '../../activities/store/grants.ts';
import { findRequest, recordWithdrawal } from '../../activities/store/requests.ts';
import { chatSessionWorkflowId, maintenanceWorkflowId, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import {
  leaveThingsBehind,
  sweep,
  asker,
  db,
  pendingRequest,
  rowOf,
  statusOf,
  auditOf,
  count,
  workflowStatus,
  terminate,
  granted,
  conversation,
  park,
} from '../support/sweeping.ts';

const hour = 3_600_000;
const world = leaveThingsBehind();

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
    const { httpStatus } = await decide(world.stack.deps, await world.stack.person(['admin']), {
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
    await decideAndDie(await world.stack.person(['admin']), requestId, 'approve');
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
    await decideAndDie(await world.stack.person(['admin']), requestId, 'deny');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await sweep();
    await expect.poll(() => statusOf(requestId), { timeout: 10_000 }).toBe('denied');
  });

  it('of a request that has ended is dropped, and says so', async () => {
    const requestId = await pendingRequest(await asker());
    await decideAndDie(await world.stack.person(['admin']), requestId, 'approve');
    await decide(world.stack.deps, await world.stack.person(['admin']), {
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

describe('maintenance', () => {
  it('is one workflow that finds what is left behind by itself, and lets its worker stop at once', async () => {
    expect(await workflowStatus(maintenanceWorkflowId)).toBe('RUNNING');
    const requestId = await rowOf(await asker());
    await expect.poll(() => statusOf(requestId), { timeout: 25_000 }).toBe('pending');

    const begun = Date.now();
    await world.stack.stopWorker();
    expect(Date.now() - begun).toBeLessThan(4_000);
    await terminate(maintenanceWorkflowId);
    await world.stack.startWorker();
    await expect.poll(() => workflowStatus(maintenanceWorkflowId)).toBe('RUNNING');
  });
});

/** Decides, but the API ends between recording and signalling. */
async function decideAndDie(approver: Caller, requestId: string, verdict: 'approve' | 'deny'): Promise<void> {
  const dead = () => Promise.reject(new Error('gone'));
  const temporal = { workflow: { getHandle: () => ({ executeUpdate: dead }), signalWithStart: dead } };
  const deps = { ...world.stack.deps, temporal: temporal as unknown as Client };
  await expect(decide(deps, approver, { requestId, verdict, note: null, claimedEmail: undefined })).rejects.toThrow(
    /cannot be processed/,
  );
}

async function insertGrant(caller: Caller, requestId: string, life: { grantedAt: number; expiresAt: number }) {
  await world.stack.mint.db
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
    await world.stack.owner.db
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
