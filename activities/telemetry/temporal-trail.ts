import { SpanKind } from '@opentelemetry/api';
import type { Headers, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { readRequestId } from '../../workflows/domain/request-id.ts';
import { requestIdTrail, traceTrail } from '../../workflows/trail-headers.ts';
import { currentRequestId, inRequest } from './request-context.ts';
import { currentTraceparent, inSpan, traceOf } from './tracing.ts';

function withTrail(headers: Headers): Headers {
  const trail = { [requestIdTrail]: currentRequestId(), [traceTrail]: currentTraceparent() };
  const known = Object.entries(trail).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, defaultPayloadConverter.toPayload(value)] as const],
  );
  return { ...headers, ...Object.fromEntries(known) };
}

/** Runs what a client asks of Temporal in a span; the workflow that is woken belongs to it. */
function asked<T>(name: string, workflowId: string | undefined, work: () => Promise<T>): Promise<T> {
  return inSpan(name, { kind: SpanKind.PRODUCER, attributes: { 'temporal.workflow_id': workflowId } }, work);
}

/** Sends the id and the trace of the request in progress along with everything that wakes a workflow. */
export const trailOfClient: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    asked(`start ${input.workflowType}`, input.options.workflowId, () =>
      next({ ...input, headers: withTrail(input.headers) }),
    ),
  signal: (input, next) =>
    asked(`signal ${input.signalName}`, input.workflowExecution.workflowId, () =>
      next({ ...input, headers: withTrail(input.headers) }),
    ),
  signalWithStart: (input, next) =>
    asked(`signal ${input.signalName}`, input.options.workflowId, () =>
      next({ ...input, headers: withTrail(input.headers) }),
    ),
};

/** Runs each activity for the request that woke its workflow, in that request's trace, and logs how it ended. */
export function trailOfActivities(logger: Logger): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const requestId = readRequestId(textOf(input.headers, requestIdTrail));
        const workflowId = info.workflowExecution?.workflowId;
        const span = {
          kind: SpanKind.CONSUMER,
          attributes: {
            'temporal.workflow_type': info.workflowType,
            'temporal.workflow_id': workflowId,
            'temporal.attempt': info.attempt,
          },
          parent: traceOf({ traceparent: textOf(input.headers, traceTrail) }),
        };
        const startedAt = performance.now();
        let outcome = 'failed';
        try {
          const result = await inRequest({ requestId }, () =>
            inSpan(`activity ${info.activityType}`, span, () => next(input)),
          );
          outcome = 'done';
          return result;
        } finally {
          const ms = Math.round(performance.now() - startedAt);
          const entry = { requestId, activity: info.activityType, workflowId, attempt: info.attempt, outcome, ms };
          // Local activities are the workflow's short reads and writes.
          if (info.isLocal && outcome === 'done') logger.debug(entry, 'activity');
          else logger.info(entry, 'activity');
        }
      },
    },
  });
}

function textOf(headers: Headers, name: string): unknown {
  const payload = headers[name];
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload<unknown>(payload);
}
