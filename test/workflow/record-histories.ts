import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { WorkflowUpdateStage, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeUpdate, scopeResolvedSignal, scopeUpgradeInput } from '../../workflows/messages.ts';
import { startChatWorld, type ChatWorld } from '../support/chat-world.ts';
import { startTemporal } from '../support/embedded.ts';
import type { MintBehaviour } from '../support/fake-request.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { until } from '../support/until.ts';
import { startUpgradeWorld, type UpgradeHandle, type UpgradeWorld } from '../support/upgrade-world.ts';

/**
 * `npm run histories`: records one history of every end and of every waiting state of both workflows, for
 * `replay.test.ts`. Only what is missing is recorded: a history that no longer replays is a running workflow that would
 * break, so the workflow needs a branch, not a new history. Before the first release `-- --all` records all anew.
 */
const folder = new URL('histories/', import.meta.url);
const tenMinutes = 10 * 60 * 1_000;
const all = process.argv.includes('--all');

async function save(name: string, handle: WorkflowHandle): Promise<void> {
  const file = new URL(`${name}.json`, folder);
  if (!all && existsSync(file)) return;
  const text = historyToJSON(await handle.fetchHistory());
  // Who recorded it, on which machine, is nobody's business.
  const masked: Readonly<Record<string, string>> = { identity: 'recorder', stackTrace: '' };
  const history: unknown = JSON.parse(text, (key, value: unknown) => masked[key] ?? value);
  await writeFile(file, `${JSON.stringify(history)}\n`);
  process.stdout.write(`${name}\n`);
}

/** What reaches a grant differs by the revision of the input (`docs/decisions/0007`). */
const granted = (name: string): string => `${name}.revision-${scopeUpgradeInput('').revision ?? 0}`;

async function recordUpgradeEnds(world: UpgradeWorld): Promise<void> {
  const ended = async (name: string, handle: UpgradeHandle) => {
    await handle.result();
    await save(`scope-upgrade.ended.${name}`, handle);
  };
  const outcome = (handle: UpgradeHandle, decisionId: string) =>
    handle.executeUpdate(outcomeUpdate, { args: [{ decisionId }] });
  const start = (mint: MintBehaviour) => world.start({ prepare: (row) => (row.mint = mint) });

  await ended(granted('auto'), (await world.start({ evaluation: 'auto' })).handle);
  await ended('forbidden', (await world.start({ evaluation: 'forbidden' })).handle);
  await ended('expired', (await world.start()).handle);

  const denied = await world.start();
  await world.decide(denied.handle, 'dec_1', 'deny');
  await ended('denied', denied.handle);

  const cancelled = await world.start();
  await world.withdraw(cancelled.row, cancelled.handle);
  await ended('cancelled', cancelled.handle);

  const approved = await world.start();
  await world.decide(approved.handle, 'dec_1', 'approve');
  await outcome(approved.handle, 'dec_1');
  await ended(granted('approved'), approved.handle);

  const revoked = await world.start();
  await world.decide(revoked.handle, 'forged_1', 'approve');
  await world.decide(revoked.handle, 'dec_1', 'approve');
  await outcome(revoked.handle, 'dec_1');
  await world.decide(revoked.handle, 'dec_2', 'deny');
  await outcome(revoked.handle, 'dec_2');
  await world.revoke(revoked.row, revoked.handle);
  await ended(granted('revoked'), revoked.handle);

  const withdrawn = await start({ answers: 'nothing', times: Infinity });
  await world.decide(withdrawn.handle, 'dec_1', 'approve');
  await until(() => withdrawn.row.mintAttempts > 0);
  await world.withdraw(withdrawn.row, withdrawn.handle);
  await ended('cancelled-while-minting', withdrawn.handle);

  const overruled = await start({ answers: 'nothing', times: Infinity });
  await world.decide(overruled.handle, 'dec_1', 'approve');
  await until(() => overruled.row.mintAttempts > 0);
  await world.decide(overruled.handle, 'dec_2', 'deny');
  await ended('denied-while-minting', overruled.handle);

  const early = await world.start({
    evaluation: 'auto',
    prepare: (row) => (row.mint = { answers: 'nothing', times: Infinity }),
  });
  await until(() => early.row.mintAttempts > 0);
  await world.withdraw(early.row, early.handle);
  await ended('auto-cancelled', early.handle);

  const refused = await start({ answers: 'not_approver' });
  await world.decide(refused.handle, 'dec_1', 'approve');
  await ended('expired-after-refusal', refused.handle);

  const consented = await world.start({ evaluation: 'self', ttlMs: tenMinutes });
  await world.decide(consented.handle, 'stale_1', 'approve');
  await world.decide(consented.handle, 'dec_1', 'approve');
  await outcome(consented.handle, 'dec_1');
  await ended(granted('self-approved'), consented.handle);

  const declined = await world.start({ evaluation: 'self', ttlMs: tenMinutes });
  await world.decide(declined.handle, 'dec_1', 'deny');
  await ended('self-denied', declined.handle);

  const overtaken = await world.start({ evaluation: 'self', ttlMs: tenMinutes });
  await world.decide(overtaken.handle, 'overtaken_1', 'approve');
  await ended('self-overtaken-by-policy', overtaken.handle);

  const forbidden = await start({ answers: 'forbidden_by_policy' });
  await world.decide(forbidden.handle, 'dec_1', 'approve');
  await ended('forbidden-at-mint', forbidden.handle);
}

async function recordUpgradeWaits(world: UpgradeWorld): Promise<void> {
  const waiting = async (name: string, handle: UpgradeHandle, phase: string) => {
    while ((await handle.query('phase')) !== phase) await sleep(50);
    await sleep(300);
    await save(`scope-upgrade.waiting.${name}`, handle);
    await handle.terminate('recorded');
  };
  await waiting('pending', (await world.start()).handle, 'pending');

  await waiting('self-pending', (await world.start({ evaluation: 'self' })).handle, 'pending');

  const asked = await world.start();
  await asked.handle.startUpdate(outcomeUpdate, {
    args: [{ decisionId: 'dec_1' }],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await waiting('outcome-asked', asked.handle, 'pending');

  const minting = await world.start({ prepare: (row) => (row.mint = { answers: 'nothing', times: Infinity }) });
  await world.decide(minting.handle, 'dec_1', 'approve');
  await waiting('minting', minting.handle, 'minting');

  const minted = await world.start({ evaluation: 'auto' });
  await until(() => minted.row.log.includes('released'));
  await waiting(granted('granted'), minted.handle, 'granted');

  const refused = await world.start({ prepare: (row) => (row.mint = { answers: 'not_approver' }) });
  await world.decide(refused.handle, 'dec_1', 'approve');
  await until(() => refused.row.mintAttempts === 1);
  await waiting('pending-after-refusal', refused.handle, 'pending');
}

async function recordChatEnds(world: ChatWorld): Promise<void> {
  const turn = async (name: string, prepare: () => Promise<void> | void) => {
    world.next();
    await prepare();
    world.talk.post('m1');
    const handle = await world.wake();
    await handle.result();
    await save(`chat-session.ended.${name}`, handle);
  };
  await turn('idle', () => undefined);
  await turn('idle-with-parked-call', () => void (world.talk.answer = 'insufficient_scope'));
  await turn('model-failed', () => void (world.talk.failModel = 'not_signed_in'));
  await turn('unreachable', () => void (world.talk.answer = 'unavailable'));
  await turn('call-unknown', () => void (world.talk.answer = 'crash'));

  for (const end of ['released', 'released.named', 'denied'] as const) {
    world.next();
    world.talk.answer = 'insufficient_scope';
    world.talk.post('m1');
    const handle = await world.wake();
    await until(() => world.talk.calls[0]?.status === 'parked');
    world.talk.answer = 'ok';
    if (end === 'denied') world.talk.callOf('re:m1').status = 'denied';
    else world.talk.release('re:m1');
    await world.wake(scopeResolvedSignal, end === 'released.named' ? ['call:re:m1'] : []);
    await handle.result();
    await save(`chat-session.ended.${end}`, handle);
  }
}

async function recordChatDeletion(world: ChatWorld, env: TestWorkflowEnvironment): Promise<void> {
  world.next();
  world.talk.answer = 'insufficient_scope';
  world.talk.post('m1');
  const handle = await world.wake();
  await until(() => world.talk.calls[0]?.status === 'parked');
  world.talk.deleted = true;
  await world.wake(scopeResolvedSignal);
  await handle.result();
  await save('chat-session.ended.deleted', handle);

  world.next();
  world.talk.answer = 'crash';
  world.talk.post('m1');
  const { signaledRunId } = await world.wake();
  await until(() => world.talk.runs.length === 1);
  const cancelled = env.client.workflow.getHandle(world.workflowId, signaledRunId);
  await cancelled.cancel();
  await cancelled.result().catch(() => undefined);
  await save('chat-session.ended.cancelled-in-mid-call', cancelled);
}

async function recordChatWaits(world: ChatWorld, env: TestWorkflowEnvironment): Promise<void> {
  const waiting = async (name: string, prepare: () => void, reached: () => boolean) => {
    world.next();
    prepare();
    world.talk.post('m1');
    await world.wake();
    await until(reached);
    await sleep(300);
    const handle = env.client.workflow.getHandle(world.workflowId);
    await save(`chat-session.waiting.${name}`, handle);
    await handle.terminate('recorded');
  };
  await waiting(
    'idle',
    () => undefined,
    () => world.talk.has('re:m1', 'completed'),
  );
  await waiting(
    'parked',
    () => void (world.talk.answer = 'insufficient_scope'),
    () => world.talk.calls[0]?.status === 'parked',
  );
  await waiting(
    'calling',
    () => void (world.talk.answer = 'crash'),
    () => world.talk.runs.length === 1,
  );
  await waiting(
    'model',
    () => void (world.talk.failModel = 'SomethingElse'),
    () => world.talk.has('re:m1', 'running'),
  );
  await waiting(
    'trying-again',
    () => {
      world.talk.answer = 'unavailable';
    },
    () => world.talk.calls[0]?.status === 'proposed',
  );

  world.next();
  world.talk.answer = 'insufficient_scope';
  world.talk.post('m1');
  const { signaledRunId: runId } = await world.wake();
  await until(() => world.talk.calls[0]?.status === 'parked');
  const latest = env.client.workflow.getHandle(world.workflowId);
  while ((await latest.describe()).runId === runId) await world.wake(scopeResolvedSignal);
  await save('chat-session.ended.continued-as-new', env.client.workflow.getHandle(world.workflowId, runId));
  await latest.terminate('recorded');
}

await mkdir(folder, { recursive: true });

const skipping = await startTimeSkipping();
const temporal = await startTemporal({ settings: ['limit.historyCount.suggestContinueAsNew=60'] });
const standing = await TestWorkflowEnvironment.createFromExistingServer(temporal);
try {
  for (const record of [
    { start: () => startUpgradeWorld(skipping, { cached: true }), run: recordUpgradeEnds },
    { start: () => startUpgradeWorld(standing, { cached: true }), run: recordUpgradeWaits },
  ]) {
    const world = await record.start();
    await record.run(world).finally(() => world.stop());
  }
  for (const record of [
    { start: () => startChatWorld(skipping), run: recordChatEnds },
    { start: () => startChatWorld(skipping), run: (world: ChatWorld) => recordChatDeletion(world, skipping) },
    { start: () => startChatWorld(standing), run: (world: ChatWorld) => recordChatWaits(world, standing) },
  ]) {
    const world = await record.start();
    await record.run(world).finally(() => world.stop());
  }
} finally {
  await skipping.teardown();
  await standing.teardown();
  await temporal.stop();
}
