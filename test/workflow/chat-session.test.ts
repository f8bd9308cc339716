import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scopeResolvedSignal } from '../../workflows/messages.ts';
import { startChatWorld, type ChatWorld } from '../support/chat-world.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { until } from '../support/until.ts';

let env: TestWorkflowEnvironment;
let world: ChatWorld;

beforeAll(async () => {
  env = await startTimeSkipping();
  world = await startChatWorld(env);
});
afterAll(async () => {
  await world.stop();
  await env.teardown();
});

beforeEach(() => world.next());
// Each conversation ends by itself; a terminated one would leave the server's time standing still.
afterEach(() => env.client.workflow.getHandle(world.workflowId).result());

describe('chatSession', () => {
  it('makes a turn: model, call, model', async () => {
    world.talk.post('m1');
    await world.wake();
    await until(() => world.talk.has('re:m1', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1']);
  });

  it('makes the turns of several messages in order, whatever the number of signals', async () => {
    world.talk.post('m1');
    world.talk.post('m2');
    // The test server, unlike the real one, refuses one of two that start a workflow at once.
    await world.wake();
    await Promise.all([world.wake(), world.wake(), world.wake(scopeResolvedSignal)]);
    await until(() => world.talk.has('re:m2', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1', 'call:re:m2']);
  });

  it('parks, stays usable, and resumes exactly once under duplicate signals', async () => {
    world.talk.answer = 'insufficient_scope';
    world.talk.post('m1');
    await world.wake();
    await until(() => world.talk.calls[0]?.status === 'parked');
    world.talk.answer = 'ok';
    world.talk.post('m2');
    await world.wake();
    await until(() => world.talk.has('re:m2', 'completed'));
    expect(world.talk.message('re:m1').status).toBe('awaiting_authorization');

    world.talk.release('re:m1');
    await Promise.all(Array.from({ length: 5 }, () => world.wake(scopeResolvedSignal)));
    await until(() => world.talk.message('re:m1').status === 'completed');
    await world.wake(scopeResolvedSignal);
    await env.sleep('1s');
    expect(world.talk.runs).toEqual(['call:re:m2', 'call:re:m1']);
  });

  it('runs each of two calls that one grant released, once', async () => {
    world.talk.answer = 'insufficient_scope';
    for (const messageId of ['m1', 'm2']) {
      world.talk.post(messageId);
      await world.wake();
      await until(() =>
        world.talk.calls.some((call) => call.messageId === `re:${messageId}` && call.status === 'parked'),
      );
    }
    world.talk.answer = 'ok';
    world.talk.release('re:m1');
    world.talk.release('re:m2');
    await world.wake(scopeResolvedSignal);
    await until(() => world.talk.has('re:m1', 'completed') && world.talk.has('re:m2', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1', 'call:re:m2']);
  });

  it('runs a call that a signal names as ready once, and none that is not ready', async () => {
    world.talk.answer = 'insufficient_scope';
    for (const messageId of ['m1', 'm2']) {
      world.talk.post(messageId);
      await world.wake();
      await until(() => world.talk.has(`re:${messageId}`, 'awaiting_authorization'));
    }
    world.talk.answer = 'ok';
    world.talk.release('re:m1');
    const named = ['call:re:m1', 'call:re:m1', 'call:re:m2', 'call:unknown'];
    await Promise.all([world.wake(scopeResolvedSignal, named), world.wake(scopeResolvedSignal, named)]);
    await until(() => world.talk.has('re:m1', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1']);
    expect(world.talk.callOf('re:m2').status).toBe('parked');
  });

  it('ends when idle with a call parked, and a release brings it back', async () => {
    world.talk.answer = 'insufficient_scope';
    world.talk.post('m1');
    const first = await world.wake();
    await first.result();
    expect(world.talk.calls[0]?.status).toBe('parked');

    world.talk.answer = 'ok';
    world.talk.release('re:m1');
    const second = await world.wake(scopeResolvedSignal);
    expect(second.signaledRunId).not.toBe(first.signaledRunId);
    await until(() => world.talk.message('re:m1').status === 'completed');
    expect(world.talk.runs).toEqual(['call:re:m1']);
  });

  it.each(['denied', 'expired', 'cancelled'] as const)(
    'finishes a parked turn that ended as %s without running anything',
    async (status) => {
      world.talk.answer = 'insufficient_scope';
      world.talk.post('m1');
      await world.wake();
      await until(() => world.talk.calls[0]?.status === 'parked');
      world.talk.callOf('re:m1').status = status;
      await world.wake(scopeResolvedSignal);
      await until(() => world.talk.message('re:m1').status === 'completed');
      expect(world.talk.log).toEqual([`finish re:m1 ${status}`]);
      expect(world.talk.runs).toEqual([]);
    },
  );

  it('ends at once when its conversation has been deleted', async () => {
    world.talk.answer = 'insufficient_scope';
    world.talk.post('m1');
    const handle = await world.wake();
    await until(() => world.talk.calls[0]?.status === 'parked');
    world.talk.deleted = true;
    await world.wake(scopeResolvedSignal);
    await handle.result();
    // Not by having been idle for its ten minutes.
    const { events } = await env.client.workflow.getHandle(world.workflowId).fetchHistory();
    expect(events?.some(({ timerFiredEventAttributes: fired }) => fired !== null && fired !== undefined)).toBe(false);
  });

  it('takes up nothing of a turn that was stopped, and goes on with the next message', async () => {
    world.talk.answer = 'unavailable';
    world.talk.post('m1');
    await world.wake();
    await until(() => world.talk.calls[0]?.status === 'proposed');
    world.talk.callOf('re:m1').status = 'cancelled';
    world.talk.message('re:m1').status = 'stopped';
    world.talk.answer = 'ok';
    world.talk.post('m2');
    await world.wake();
    await until(() => world.talk.has('re:m2', 'completed'));
    expect(world.talk.message('re:m1').status).toBe('stopped');
    expect(world.talk.runs).toEqual(['call:re:m2']);
  });

  it('reports a crash in mid-call as unknown within seconds and does not repeat it', async () => {
    world.talk.answer = 'crash';
    world.talk.post('m1');
    await world.wake();
    await until(() => world.talk.runs.length === 1);
    world.talk.answer = 'ok';
    // Time is not skipped while an activity runs: these are real seconds.
    await until(() => world.talk.log.length > 0);
    await until(() => world.talk.message('re:m1').status === 'completed');
    expect(world.talk.log).toEqual(['settle call:re:m1 once', 'finish re:m1 unknown']);
    expect(world.talk.runs).toEqual(['call:re:m1']);
  });

  it('repeats a crashed call by itself when that does no harm', async () => {
    world.talk.answer = 'crash';
    world.talk.repeatable = true;
    world.talk.post('m1');
    await world.wake();
    await until(() => world.talk.runs.length === 1);
    world.talk.answer = 'ok';
    await until(() => world.talk.log.length > 0);
    await env.sleep('2s');
    await until(() => world.talk.has('re:m1', 'completed'));
    expect(world.talk.runs).toEqual(['call:re:m1', 'call:re:m1']);
  });

  it('gives up soon on a call that cannot be tried, and keeps an approved one', async () => {
    world.talk.answer = 'insufficient_scope';
    world.talk.post('m1');
    await world.wake();
    await until(() => world.talk.calls[0]?.status === 'parked');
    world.talk.answer = 'unavailable';
    world.talk.post('m2');
    await world.wake();
    await env.sleep('10s');
    await until(() => world.talk.message('re:m2').status === 'failed');
    world.talk.release('re:m1');
    await world.wake(scopeResolvedSignal);
    await env.sleep('20s');
    expect(world.talk.callOf('re:m1').status).toBe('ready');
    await env.sleep('30m');
    await until(() => world.talk.callOf('re:m1').status === 'parked');
    expect(world.talk.runs).toEqual([]);
  });

  it.each([
    ['not_signed_in', 'not_signed_in'],
    ['temporarily_unavailable', 'temporarily_unavailable'],
    ['SomethingElse', 'internal_error'],
  ])('ends a turn whose model step fails with %s', async (type, failure) => {
    world.talk.failModel = type;
    world.talk.post('m1');
    await world.wake();
    await env.sleep('5s');
    await until(() => world.talk.messages.some(({ status }) => status === 'failed'));
    expect(world.talk.log).toEqual([`fail re:m1 ${failure}`]);
  });
});
