import { ApplicationFailure, Context } from '@temporalio/activity';
import type { WorkflowHandleWithSignaledRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import type { ChatActivities, SessionWork } from '../../activities/chat/types.ts';
import type { chatSession } from '../../workflows/chat-session.ts';
import { nextChatWork } from '../../workflows/domain/chat-work.ts';
import { chatSessionWorkflowId, messagePostedSignal, type scopeResolvedSignal } from '../../workflows/messages.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { FakeConversation } from './fake-conversation.ts';

/** Workers of `chatSession` over one conversation in memory at a time. */
export interface ChatWorld {
  /** The conversation that the activities see. */
  readonly talk: FakeConversation;
  readonly workflowId: string;
  /** Begins another conversation. */
  next(): void;
  /** Signal-with-start, as everything wakes a conversation. */
  wake(
    signal?: typeof messagePostedSignal | typeof scopeResolvedSignal,
    /** The calls that the signal says are ready. */
    callIds?: readonly string[],
  ): Promise<WorkflowHandleWithSignaledRunId<typeof chatSession>>;
  stop(): Promise<void>;
}

/** Makes a world on that server. */
export async function startChatWorld(env: TestWorkflowEnvironment): Promise<ChatWorld> {
  const stuck: ((reason: Error) => void)[] = [];
  let count = 1;
  const sessionId = (): string => `chat_test_${count}`;
  const world = {
    talk: new FakeConversation(),
    get workflowId() {
      return chatSessionWorkflowId(sessionId());
    },
    next() {
      world.talk = new FakeConversation();
      count += 1;
    },
    wake: (
      signal: typeof messagePostedSignal | typeof scopeResolvedSignal = messagePostedSignal,
      callIds: readonly string[] = [],
    ) =>
      env.client.workflow.signalWithStart<typeof chatSession, [{ messageId: string }]>('chatSession', {
        workflowId: chatSessionWorkflowId(sessionId()),
        taskQueue: taskQueues.orchestration,
        args: [{ sessionId: sessionId() }],
        signal: signal as typeof messagePostedSignal,
        signalArgs: [{ messageId: 'id', ...(callIds.length === 0 ? {} : { callIds }) }],
      }),
    async stop() {
      for (const end of stuck) end(new Error('the test is over'));
      for (const worker of workers) worker.shutdown();
      await running;
    },
  };

  const session: SessionWork = {
    findChatWork: async () =>
      world.talk.deleted ? { kind: 'deleted' } : nextChatWork(world.talk.messages, world.talk.calls, Date.now()),
    beginChatTurn: async ({ messageId }) => {
      const asked = world.talk.message(messageId);
      if (asked.status !== 'queued') return;
      asked.status = 'completed';
      world.talk.messages.push({ messageId: `re:${messageId}`, role: 'assistant', status: 'running' });
    },
    finishChatTurn: async ({ messageId }) => {
      world.talk.log.push(`finish ${messageId} ${world.talk.callOf(messageId).status}`);
      world.talk.message(messageId).status = 'completed';
    },
    settleChatCall: async ({ callId, giveUp }) => {
      world.talk.log.push(`settle ${callId} ${giveUp ? 'give up' : 'once'}`);
      const call = world.talk.calls.find((candidate) => candidate.callId === callId);
      if (call?.status === 'running') call.status = world.talk.repeatable && !giveUp ? 'proposed' : 'unknown';
      else if (call !== undefined && giveUp) {
        call.status = call.status === 'ready' ? 'parked' : 'failed';
        world.talk.message(call.messageId).status = call.status === 'parked' ? 'awaiting_authorization' : 'failed';
      }
    },
    failChatTurn: async ({ messageId, failure }) => {
      world.talk.log.push(`fail ${messageId} ${failure}`);
      world.talk.message(messageId).status = 'failed';
    },
  };

  const chat: ChatActivities = {
    modelStep: async ({ messageId }) => {
      if (world.talk.failModel !== undefined) throw ApplicationFailure.create({ type: world.talk.failModel });
      if (world.talk.calls.some((call) => call.messageId === messageId && call.status !== 'superseded'))
        world.talk.message(messageId).status = 'completed';
      else world.talk.calls.push({ callId: `call:${messageId}`, messageId, status: 'proposed', claimedAt: null });
    },
    runCall: async ({ callId }) => {
      const call = world.talk.calls.find((candidate) => candidate.callId === callId);
      if (call === undefined || (call.status !== 'proposed' && call.status !== 'ready')) return { outcome: 'done' };
      if (world.talk.answer === 'unavailable') return { outcome: 'unavailable' };
      call.status = 'running';
      call.claimedAt = Date.now();
      if (world.talk.answer === 'crash') {
        world.talk.runs.push(callId);
        Context.current().heartbeat();
        // A crashed process heartbeats no more and never answers.
        await new Promise((_resolve, reject) => stuck.push(reject));
      }
      if (world.talk.answer === 'insufficient_scope') {
        call.status = 'parked';
        world.talk.message(call.messageId).status = 'awaiting_authorization';
      } else {
        world.talk.runs.push(callId);
        call.status = 'succeeded';
        world.talk.message(call.messageId).status = 'running';
      }
      return { outcome: 'done' };
    },
  };

  const common = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: taskQueues.orchestration,
      workflowsPath: fileURLToPath(new URL('../../workflows/chat-session.ts', import.meta.url)),
      activities: { ...session },
      shutdownForceTime: '1s',
    }),
    await Worker.create({
      ...common,
      taskQueue: taskQueues.chat,
      activities: { ...chat },
      shutdownGraceTime: '100ms',
      shutdownForceTime: '500ms',
    }),
  ];
  const running = Promise.allSettled(workers.map((worker) => worker.run()));
  return world;
}
