import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { DecisionOutcome, Verdict } from '../../workflows/domain/decision.ts';
import type { Risk } from '../../workflows/domain/policy.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';

/** What the workflow remembers of an evaluation: verdict, rule, version and digest; times are epoch milliseconds. */
export interface EvaluatedRequest {
  /** `ended` when the row had already ended before the workflow began. */
  next: 'mint' | 'wait' | 'ended';
  status: RequestStatus;
  approvalType: ApprovalType;
  rule: string;
  policyVersion: string;
  inputDigest: string;
  scopes: string[];
  risk: Risk;
  expiresAt: number;
}

/** A decision as it arrived. */
export interface ArrivedDecision {
  decisionId: string;
  statement: string;
  verdict: Verdict;
}

/** What became of a decision; an approval that counted still has to be minted. */
export type JudgedDecision = DecisionOutcome & { status: RequestStatus };

/** Where a request stands after an attempt to end it. */
export interface RequestStanding {
  status: RequestStatus;
  /** Present when it turned out to be approved. */
  grant?: { grantId: string; expiresAt: number };
  /** Decisions that were recorded in time and never arrived: the request has not expired before they are judged. */
  unjudged?: ArrivedDecision[];
}

/** Local activities of `scopeUpgrade`: short, on the database only. */
export interface RequestActivities {
  evaluateRequest(input: { requestId: string }): Promise<EvaluatedRequest>;
  judgeDecision(input: { requestId: string; decision: ArrivedDecision }): Promise<JudgedDecision>;
  endRequest(input: {
    requestId: string;
    status: 'denied' | 'expired' | 'cancelled';
    reason?: 'forbidden_by_policy';
  }): Promise<RequestStanding>;
  /** @returns milliseconds until the grant ends, 0 when it has. */
  closeGrant(input: { grantId: string }): Promise<{ remainingMs: number }>;
}

/** Activities of `scopeUpgrade` that reach other workflows. */
export interface WakeActivities {
  /** Releases the parked calls that the grant satisfies and wakes their conversations. */
  releaseCalls(input: { requestId: string; grantId: string }): Promise<{ woken: number }>;
  /** Wakes the conversations whose calls ended with the request. */
  wakeAfterEnd(input: { requestId: string }): Promise<{ woken: number }>;
}
