import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scopeResolvedSignal } from '../../workflows/messages.ts';
import { startChatWorld, type ChatWorld } from '../support/chat-world.ts';
import { quietRuntime } from '../support/time-skipping.ts';
import { startTemporal, type TestTemporal } from '../support/embedded.ts';
import { until } from '../support/until.ts';

// The development server: it suggests to continue as new, and terminating a workflow does not stop its clock.
let temporal: TestTemporal;
let env: TestWorkflowEnvironment;
let world: ChatWorld;

beforeAll(async () => {
  quietRuntime();
  temporal = await startTemporal({ settings: ['limit.historyCount.suggestContinueAsNew=60'] });
  env = await TestWorkflowEnvironment.createFromExistingServer(temporal);
  world = await startChatWorld(env);
});
afterAll(async () => {
  await world.stop();
  await env.teardown();
  await temporal.stop();
});
beforeEach(() => world.next());

async function parkOne(): Promise<void> {
  world.talk.answer = 'insufficient_scope';
  world.talk.post('m1');
  await world.wake();
  await until(() => world.talk.calls[0]?.status === 'parked');
  world.talk.answer = 'ok';
}

describe('a conversation whose workflow is gone (RULES 22)', () => {
  it('resumes, once, after it was terminated with a call parked', async () => {
    await parkOne();
    await env.client.workflow.getHandle(world.workflowId).terminate('by a test');
    world.talk.release('re:m1');
    await Promise.all([world.wake(scopeResolvedSignal), world.wake(scopeResolvedSignal)]);
    await until(() => world.talk.has('re:m1', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1']);
  });

  it('resumes, once, when it is terminated after the release and before it looked', async () => {
    await parkOne();
    world.talk.release('re:m1');
    await env.client.workflow.getHandle(world.workflowId).terminate('by a test');
    await world.wake(scopeResolvedSignal);
    await until(() => world.talk.has('re:m1', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1']);
  });
});

it('continues as new with a call parked, and resumes it once', async () => {
  await parkOne();
  const first = await env.client.workflow.getHandle(world.workflowId).describe();
  const runId = async () => (await env.client.workflow.getHandle(world.workflowId).describe()).runId;
  for (let wakes = 0; wakes < 40 && (await runId()) === first.runId; wakes += 1) await world.wake(scopeResolvedSignal);
  expect(await runId()).not.toBe(first.runId);
  expect(world.talk.callOf('re:m1').status).toBe('parked');
  world.talk.release('re:m1');
  await world.wake(scopeResolvedSignal);
  await until(() => world.talk.has('re:m1', 'completed'));
  expect(world.talk.runs).toEqual(['call:re:m1']);
});
