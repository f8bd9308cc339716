import { ApplicationFailure, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChatActivities, SessionWork } from '../../activities/chat/types.ts';
import { nextChatWork, type WorkCall, type WorkMessage } from '../../workflows/domain/chat-work.ts';
import { chatSessionWorkflowId, messagePostedSignal, scopeResolvedSignal } from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

/** How the tool server answers a call. */
type Answer = 'ok' | 'insufficient_scope' | 'unavailable' | 'crash';

/** A conversation in memory, with the guards of the real rows: a call is claimed once. */
class Conversation {
  readonly messages: WorkMessage[] = [];
  readonly calls: WorkCall[] = [];
  /** Ids of the calls the tool has really run. */
  readonly runs: string[] = [];
  readonly log: string[] = [];
  answer: Answer = 'ok';
  repeatable = false;
  failModel: string | undefined;

  post(messageId: string): void {
    this.messages.push({ messageId, role: 'user', status: 'queued' });
  }
  message(messageId: string): WorkMessage {
    const found = this.messages.find((message) => message.messageId === messageId);
    if (found === undefined) throw new Error(`no message ${messageId}`);
    return found;
  }
  has(messageId: string, status: WorkMessage['status']): boolean {
    return this.messages.some((message) => message.messageId === messageId && message.status === status);
  }
  callOf(messageId: string): WorkCall {
    const found = this.calls.find((call) => call.messageId === messageId);
    if (found === undefined) throw new Error(`no call in ${messageId}`);
    return found;
  }
  release(messageId: string): void {
    const call = this.callOf(messageId);
    if (call.status === 'parked') call.status = 'ready';
  }
}

let env: TestWorkflowEnvironment;
let talk: Conversation;
let workers: Worker[];
let running: Promise<unknown>;
let sessionId: string;
let count = 0;
const stuck: ((reason: Error) => void)[] = [];

const session: SessionWork = {
  findChatWork: async () => nextChatWork(talk.messages, talk.calls, Date.now()),
  beginChatTurn: async ({ messageId }) => {
    const asked = talk.message(messageId);
    if (asked.status !== 'queued') return;
    asked.status = 'completed';
    talk.messages.push({ messageId: `re:${messageId}`, role: 'assistant', status: 'running' });
  },
  finishChatTurn: async ({ messageId }) => {
    talk.log.push(`finish ${messageId} ${talk.callOf(messageId).status}`);
    talk.message(messageId).status = 'completed';
  },
  settleChatCall: async ({ callId, giveUp }) => {
    talk.log.push(`settle ${callId} ${giveUp ? 'give up' : 'once'}`);
    const call = talk.calls.find((candidate) => candidate.callId === callId);
    if (call?.status === 'running') call.status = talk.repeatable && !giveUp ? 'proposed' : 'unknown';
    else if (call !== undefined && giveUp) {
      call.status = call.status === 'ready' ? 'parked' : 'failed';
      talk.message(call.messageId).status = call.status === 'parked' ? 'awaiting_authorization' : 'failed';
    }
  },
  failChatTurn: async ({ messageId, failure }) => {
    talk.log.push(`fail ${messageId} ${failure}`);
    talk.message(messageId).status = 'failed';
  },
};

const chat: ChatActivities = {
  modelStep: async ({ messageId }) => {
    if (talk.failModel !== undefined) throw ApplicationFailure.create({ type: talk.failModel });
    if (talk.calls.some((call) => call.messageId === messageId && call.status !== 'superseded'))
      talk.message(messageId).status = 'completed';
    else talk.calls.push({ callId: `call:${messageId}`, messageId, status: 'proposed', claimedAt: null });
  },
  runCall: async ({ callId }) => {
    const call = talk.calls.find((candidate) => candidate.callId === callId);
    if (call === undefined || (call.status !== 'proposed' && call.status !== 'ready')) return { outcome: 'done' };
    if (talk.answer === 'unavailable') return { outcome: 'unavailable' };
    call.status = 'running';
    call.claimedAt = Date.now();
    if (talk.answer === 'crash') {
      talk.runs.push(callId);
      Context.current().heartbeat();
      // A crashed process heartbeats no more and never answers.
      await new Promise((_resolve, reject) => stuck.push(reject));
    }
    if (talk.answer === 'insufficient_scope') {
      call.status = 'parked';
      talk.message(call.messageId).status = 'awaiting_authorization';
    } else {
      talk.runs.push(callId);
      call.status = 'succeeded';
      talk.message(call.messageId).status = 'running';
    }
    return { outcome: 'done' };
  },
};

const wake = (signal: typeof messagePostedSignal | typeof scopeResolvedSignal = messagePostedSignal) =>
  env.client.workflow.signalWithStart('chatSession', {
    workflowId: chatSessionWorkflowId(sessionId),
    taskQueue: taskQueues.orchestration,
    args: [{ sessionId }],
    signal: signal as typeof messagePostedSignal,
    signalArgs: [{ messageId: 'id' }],
  });

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; !what(); tries += 1) {
    if (tries > 400) throw new Error(`never happened; log: ${talk.log.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

beforeAll(async () => {
  env = await startTimeSkipping();
  const workflows = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueues.orchestration,
    workflowsPath: fileURLToPath(new URL('../../workflows/chat-session.ts', import.meta.url)),
    activities: session,
    shutdownForceTime: '1s',
  });
  const tools = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueues.chat,
    activities: chat,
    shutdownGraceTime: '100ms',
    shutdownForceTime: '500ms',
  });
  workers = [workflows, tools];
  running = Promise.allSettled(workers.map((worker) => worker.run()));
});

afterAll(async () => {
  for (const end of stuck) end(new Error('the test is over'));
  for (const worker of workers) worker.shutdown();
  await running;
  await env.teardown();
});

beforeEach(() => {
  talk = new Conversation();
  sessionId = `chat_test_${(count += 1)}`;
});

// Each conversation ends by itself; a terminated one would leave the server's time standing still.
afterEach(() => env.client.workflow.getHandle(chatSessionWorkflowId(sessionId)).result());

describe('chatSession', () => {
  it('makes a turn: model, call, model', async () => {
    talk.post('m1');
    await wake();
    await until(() => talk.has('re:m1', 'completed'));
    expect(talk.runs).toEqual(['call:re:m1']);
  });

  it('makes the turns of several messages in order, whatever the number of signals', async () => {
    talk.post('m1');
    talk.post('m2');
    await Promise.all([wake(), wake(), wake(scopeResolvedSignal)]);
    await until(() => talk.has('re:m2', 'completed'));
    expect(talk.runs).toEqual(['call:re:m1', 'call:re:m2']);
  });

  it('parks, stays usable, and resumes exactly once under duplicate signals', async () => {
    talk.answer = 'insufficient_scope';
    talk.post('m1');
    await wake();
    await until(() => talk.calls[0]?.status === 'parked');
    talk.answer = 'ok';
    talk.post('m2');
    await wake();
    await until(() => talk.has('re:m2', 'completed'));
    expect(talk.message('re:m1').status).toBe('awaiting_authorization');

    talk.release('re:m1');
    await Promise.all(Array.from({ length: 5 }, () => wake(scopeResolvedSignal)));
    await until(() => talk.message('re:m1').status === 'completed');
    await wake(scopeResolvedSignal);
    await env.sleep('1s');
    expect(talk.runs).toEqual(['call:re:m2', 'call:re:m1']);
  });

  it('ends when idle with a call parked, and a release brings it back', async () => {
    talk.answer = 'insufficient_scope';
    talk.post('m1');
    const first = await wake();
    await first.result();
    expect(talk.calls[0]?.status).toBe('parked');

    talk.answer = 'ok';
    talk.release('re:m1');
    const second = await wake(scopeResolvedSignal);
    expect(second.signaledRunId).not.toBe(first.signaledRunId);
    await until(() => talk.message('re:m1').status === 'completed');
    expect(talk.runs).toEqual(['call:re:m1']);
  });

  it.each(['denied', 'expired', 'cancelled'] as const)(
    'finishes a parked turn that ended as %s without running anything',
    async (status) => {
      talk.answer = 'insufficient_scope';
      talk.post('m1');
      await wake();
      await until(() => talk.calls[0]?.status === 'parked');
      talk.callOf('re:m1').status = status;
      await wake(scopeResolvedSignal);
      await until(() => talk.message('re:m1').status === 'completed');
      expect(talk.log).toEqual([`finish re:m1 ${status}`]);
      expect(talk.runs).toEqual([]);
    },
  );

  it('reports a crash in mid-call as unknown within seconds and does not repeat it', async () => {
    talk.answer = 'crash';
    talk.post('m1');
    await wake();
    await until(() => talk.runs.length === 1);
    talk.answer = 'ok';
    // Time is not skipped while an activity runs: these are real seconds.
    await until(() => talk.log.length > 0);
    await until(() => talk.message('re:m1').status === 'completed');
    expect(talk.log).toEqual(['settle call:re:m1 once', 'finish re:m1 unknown']);
    expect(talk.runs).toEqual(['call:re:m1']);
  });

  it('repeats a crashed call by itself when that does no harm', async () => {
    talk.answer = 'crash';
    talk.repeatable = true;
    talk.post('m1');
    await wake();
    await until(() => talk.runs.length === 1);
    talk.answer = 'ok';
    await until(() => talk.log.length > 0);
    await env.sleep('2s');
    await until(() => talk.has('re:m1', 'completed'));
    expect(talk.runs).toEqual(['call:re:m1', 'call:re:m1']);
  });

  it('gives up soon on a call that cannot be tried, and keeps an approved one', async () => {
    talk.answer = 'insufficient_scope';
    talk.post('m1');
    await wake();
    await until(() => talk.calls[0]?.status === 'parked');
    talk.answer = 'unavailable';
    talk.post('m2');
    await wake();
    await env.sleep('10s');
    await until(() => talk.message('re:m2').status === 'failed');
    talk.release('re:m1');
    await wake(scopeResolvedSignal);
    await env.sleep('20s');
    expect(talk.callOf('re:m1').status).toBe('ready');
    await env.sleep('30m');
    await until(() => talk.callOf('re:m1').status === 'parked');
    expect(talk.runs).toEqual([]);
  });

  it.each([
    ['not_signed_in', 'not_signed_in'],
    ['temporarily_unavailable', 'temporarily_unavailable'],
    ['SomethingElse', 'internal_error'],
  ])('ends a turn whose model step fails with %s', async (type, failure) => {
    talk.failModel = type;
    talk.post('m1');
    await wake();
    await env.sleep('5s');
    await until(() => talk.messages.some(({ status }) => status === 'failed'));
    expect(talk.log).toEqual([`fail re:m1 ${failure}`]);
  });
});
