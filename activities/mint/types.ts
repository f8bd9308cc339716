import type { DecisionRefusal } from '../../workflows/domain/decision.ts';

/** Asks for the grant of a request; `decisionId` is absent when policy granted at once. */
export interface MintInput {
  requestId: string;
  decisionId?: string;
}

/** The grant, by reference, or why nothing was granted. Times are epoch milliseconds. */
export type MintResult =
  { minted: true; grantId: string; expiresAt: number } | { minted: false; refusal: DecisionRefusal };

/** Activities of the mint's task queue. */
export interface MintActivities {
  mintGrant(input: MintInput): Promise<MintResult>;
}
