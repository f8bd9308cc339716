import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecisionOutcome } from './domain/decision.ts';

/** Workflow ids carry our own ids only: no personal data (ARCHITECTURE, durable-code rules). */
export const scopeUpgradeWorkflowId = (requestId: string): string => `scope-upgrade:${requestId}`;
/** The workflow of a conversation. */
export const chatSessionWorkflowId = (sessionId: string): string => `chat-session:${sessionId}`;
/** The one workflow that repairs what crashes leave. */
export const maintenanceWorkflowId = 'maintenance';

/** Input of `scopeUpgrade`. */
export interface ScopeUpgradeInput {
  requestId: string;
  /** Of the code that started it (`docs/decisions/0007`); one without it was started before there were any. */
  revision?: number;
}

/** What a `scopeUpgrade` is started with today. */
export const scopeUpgradeInput = (requestId: string): ScopeUpgradeInput => ({ requestId, revision: 1 });

/** A signed decision on its way to the request. The statement is a compact JWS; see `domain/decision.ts`. */
export interface DecisionSignal {
  decisionId: string;
  statement: string;
}

/** What the `outcome` update answers once a decision has been judged. */
export interface DecisionJudged {
  outcome: DecisionOutcome;
}

/** An approval, with its signed statement. */
export const approveSignal = defineSignal<[DecisionSignal]>('approve');
/** A denial, with its signed statement. */
export const denySignal = defineSignal<[DecisionSignal]>('deny');
/** The requester withdraws; the API has checked that it is the requester. */
export const cancelSignal = defineSignal('cancel');
/** The grant's row has been ended in SQL (revoked, returned, consumed); the workflow closes in time. */
export const grantEndedSignal = defineSignal('grantEnded');
/** Waits until the decision of that id has been judged and, when it approves, minted or dropped. */
export const outcomeUpdate = defineUpdate<DecisionJudged, [{ decisionId: string }]>('outcome');
/** Where the request is, for Temporal's UI. */
export const phaseQuery = defineQuery<string>('phase');

/** Something in the conversation needs attention; what, the database knows. */
export const messagePostedSignal = defineSignal<[{ messageId: string }]>('messagePosted');
/** Parked calls of this conversation became ready (those named), or ended, because a request was decided. */
export const scopeResolvedSignal = defineSignal<[{ requestId: string; callIds?: readonly string[] }]>('scopeResolved');
