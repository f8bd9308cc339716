import type { Headers, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { trailHeaders } from './trail-headers.ts';

/**
 * Passes what identifies the request that woke a workflow on to the activities that it schedules, so that one request
 * can be followed through every log. Headers are no part of what replay compares.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let trail: Headers = {};
  const remember = (headers: Headers): void => {
    const known = trailHeaders.flatMap((name) => {
      const payload = headers[name];
      return payload === undefined ? [] : [[name, payload] as const];
    });
    // What comes without a trail, such as a sweep, says nothing about who asked.
    if (known.length > 0) trail = Object.fromEntries(known);
  };
  const passOn = <T extends { headers: Headers }>(input: T): T => ({
    ...input,
    headers: { ...trail, ...input.headers },
  });
  return {
    inbound: [
      {
        execute: (input, next) => {
          remember(input.headers);
          return next(input);
        },
        handleSignal: (input, next) => {
          remember(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(passOn(input)),
        scheduleLocalActivity: (input, next) => next(passOn(input)),
        continueAsNew: (input, next) => next(passOn(input)),
      },
    ],
  };
};
