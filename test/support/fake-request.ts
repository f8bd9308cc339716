import type { MintResult } from '../../activities/mint/types.ts';
import type {
  ArrivedDecision,
  EvaluatedRequest,
  JudgedDecision,
  RequestStanding,
} from '../../activities/requests/types.ts';
import type { DecisionOutcome, DecisionRefusal } from '../../workflows/domain/decision.ts';
import { isTerminal, type RequestStatus } from '../../workflows/domain/request-status.ts';

const hour = 60 * 60 * 1000;

/** What the mint answers: a grant, a refusal, or nothing for so many attempts and then a grant. */
export type MintBehaviour = { answers: 'grant' } | { answers: DecisionRefusal } | { answers: 'nothing'; times: number };

/** Decisions that are judged so because of how they are called. */
const refusedByName: Readonly<Record<string, DecisionRefusal>> = {
  forged: 'statement_invalid',
  foreign: 'not_approver',
  stale: 'stale_sign_in',
  overtaken: 'forbidden_by_policy',
};

/** A request row in memory with the guards of the real one: exactly one terminal transition, a decision judged once. */
export class FakeRequest {
  readonly requestId: string;
  readonly evaluation: 'auto' | 'self' | 'admin_required' | 'forbidden';
  readonly ttlMs: number;
  readonly grantId: string;
  status: RequestStatus = 'requested';
  mint: MintBehaviour = { answers: 'grant' };
  /** Whether the requester has asked to withdraw; a signal alone proves nothing. */
  withdrawn = false;
  grantTtlMs = hour;
  /** What happens after the request's end, before the conversation is woken and the workflow closes. */
  beforeWake: () => Promise<void> = async () => undefined;
  expiresAt = 0;
  grantExpiresAt = 0;
  mintAttempts = 0;
  readonly transitions: RequestStatus[] = [];
  readonly log: string[] = [];
  readonly judged: string[] = [];
  readonly decisions = new Map<string, DecisionOutcome>();

  constructor(requestId: string, evaluation: FakeRequest['evaluation'], ttlMs: number) {
    this.requestId = requestId;
    this.grantId = requestId.replace('req', 'gra');
    this.evaluation = evaluation;
    this.ttlMs = ttlMs;
  }

  evaluate(now: number): EvaluatedRequest {
    if (this.status === 'requested') {
      this.expiresAt = now + this.ttlMs;
      if (this.evaluation === 'admin_required' || this.evaluation === 'self') this.status = 'pending';
      if (this.evaluation === 'forbidden') this.#end('denied');
    }
    return {
      next: this.evaluation === 'auto' ? 'mint' : this.evaluation === 'forbidden' ? 'ended' : 'wait',
      status: this.status,
      approvalType: this.evaluation,
      rule: 'scopes.execute:commands.otherwise',
      policyVersion: 'v1',
      inputDigest: 'digest',
      scopes: ['execute:commands'],
      risk: 'critical',
      expiresAt: this.expiresAt,
    };
  }

  judge(decision: ArrivedDecision): JudgedDecision {
    this.judged.push(decision.decisionId);
    const known = this.decisions.get(decision.decisionId);
    if (known !== undefined) return { ...known, status: this.status };
    const refusal = this.#refusal(decision);
    if (refusal !== undefined) {
      const outcome = { counted: false as const, refusal };
      this.decisions.set(decision.decisionId, outcome);
      return { ...outcome, status: this.status };
    }
    if (decision.verdict === 'deny') {
      this.decisions.set(decision.decisionId, { counted: true });
      this.#end('denied');
    }
    return { counted: true, status: this.status };
  }

  end(status: RequestStatus): RequestStanding {
    if (status !== 'cancelled' || this.withdrawn) this.#end(status);
    return this.status === 'approved'
      ? { status: this.status, grant: { grantId: this.grantId, expiresAt: this.grantExpiresAt } }
      : { status: this.status };
  }

  grant(decisionId: string | undefined, now: number): MintResult {
    this.mintAttempts += 1;
    const refuse = (refusal: DecisionRefusal): MintResult => {
      if (decisionId !== undefined) this.decisions.set(decisionId, { counted: false, refusal });
      return { minted: false, refusal };
    };
    if (this.mint.answers === 'nothing') {
      const { times } = this.mint;
      this.mint = times > 1 ? { answers: 'nothing', times: times - 1 } : { answers: 'grant' };
      throw new Error('the mint is down');
    }
    if (this.status !== 'approved') {
      if (isTerminal(this.status)) return { minted: false, refusal: 'already_decided' };
      if (this.mint.answers !== 'grant') return refuse(this.mint.answers);
      this.#end('approved');
      this.grantExpiresAt = now + this.grantTtlMs;
      if (decisionId !== undefined) this.decisions.set(decisionId, { counted: true });
    }
    return { minted: true, grantId: this.grantId, expiresAt: this.grantExpiresAt };
  }

  closeGrant(now: number): { remainingMs: number } {
    const remainingMs = Math.max(0, this.grantExpiresAt - now);
    if (remainingMs === 0 || this.log.includes('revoked')) this.log.push('closed');
    return { remainingMs: this.log.includes('revoked') ? 0 : remainingMs };
  }

  #refusal({ decisionId, statement }: ArrivedDecision): DecisionRefusal | undefined {
    if (isTerminal(this.status)) return 'already_decided';
    const refused = Object.entries(refusedByName).find(([name]) => decisionId.startsWith(name));
    if (refused !== undefined) return refused[1];
    return Number(statement) < this.expiresAt ? undefined : 'late';
  }

  #end(status: RequestStatus): void {
    if (isTerminal(this.status)) return;
    this.status = status;
    this.transitions.push(status);
  }
}
