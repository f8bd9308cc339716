import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { CallDeps } from './call-deps.ts';
import { takeModelStep, type ModelStepDeps } from './model-step.ts';
import { tryCall } from './run-call.ts';
import type { ChatActivities } from './types.ts';

/** Binds the activities of the chat queue to their dependencies. */
export function createChatActivities(deps: CallDeps & ModelStepDeps): ChatActivities {
  return {
    modelStep: ({ messageId }) => beating((signal) => takeModelStep(deps, messageId, signal)),
    runCall: ({ callId }) => beating((signal) => tryCall(deps, callId, signal)),
  };
}

/** Heartbeats each second, so that a crash shows within seconds (RULES 23). Failures carry our code as their type. */
async function beating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat();
  const timer = setInterval(() => {
    context.heartbeat();
  }, 1_000);
  try {
    return await work(context.cancellationSignal);
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    if (error instanceof DomainError) throw ApplicationFailure.create({ type: error.code, message: error.message });
    throw ApplicationFailure.create({ type: 'internal_error', message: errorName(error) });
  } finally {
    clearInterval(timer);
  }
}

/** Enough to find the fault by; messages of foreign errors may hold what must not reach a history. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
