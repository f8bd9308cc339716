import type { Client } from '@temporalio/client';
import type { VerifyStatement } from '../mint/statement.ts';
import type { Db } from '../store/connect.ts';
import { closeGrant, endRequest } from './end-request.ts';
import { evaluateRequest } from './evaluate-request.ts';
import { judgeDecision } from './judge-decision.ts';
import type { RequestActivities, WakeActivities } from './types.ts';
import { releaseCalls, wakeAfterEnd } from './wake-sessions.ts';

/** What the activities of `scopeUpgrade` need on the orchestration worker. */
export interface RequestActivityDeps {
  db: Db;
  client: Client;
  verify: VerifyStatement;
  now: () => Date;
}

/** Binds the activities of `scopeUpgrade` to their dependencies. */
export function createRequestActivities(deps: RequestActivityDeps): RequestActivities & WakeActivities {
  return {
    evaluateRequest: ({ requestId }) => evaluateRequest(deps, requestId),
    judgeDecision: ({ requestId, decision }) => judgeDecision(deps, requestId, decision),
    endRequest: (input) => endRequest(deps, input),
    closeGrant: ({ grantId }) => closeGrant(deps, grantId),
    releaseCalls: (input) => releaseCalls(deps, input),
    wakeAfterEnd: (input) => wakeAfterEnd(deps, input),
  };
}
