import type { Headers, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { readRequestId } from '../../workflows/domain/request-id.ts';
import { requestIdTrail } from '../../workflows/trail-headers.ts';
import { currentRequestId, inRequest } from './request-context.ts';

function withTrail(headers: Headers): Headers {
  const requestId = currentRequestId();
  return requestId === undefined
    ? headers
    : { ...headers, [requestIdTrail]: defaultPayloadConverter.toPayload(requestId) };
}

/** Sends the id of the request in progress along with everything that wakes a workflow. */
export const trailOfClient: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: withTrail(input.headers) }),
  signal: (input, next) => next({ ...input, headers: withTrail(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: withTrail(input.headers) }),
};

/** Runs each activity for the request that woke its workflow, and logs how it ended. */
export function trailOfActivities(logger: Logger): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const payload = input.headers[requestIdTrail];
        const requestId =
          payload === undefined ? undefined : readRequestId(defaultPayloadConverter.fromPayload<unknown>(payload));
        const startedAt = performance.now();
        let outcome = 'failed';
        try {
          const result = await inRequest({ requestId }, () => next(input));
          outcome = 'done';
          return result;
        } finally {
          const entry = {
            requestId,
            activity: info.activityType,
            workflowId: info.workflowExecution?.workflowId,
            attempt: info.attempt,
            outcome,
            ms: Math.round(performance.now() - startedAt),
          };
          // Local activities are the workflow's short reads and writes.
          if (info.isLocal && outcome === 'done') logger.debug(entry, 'activity');
          else logger.info(entry, 'activity');
        }
      },
    },
  });
}
