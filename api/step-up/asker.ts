import type { RequestOrigin } from '../../activities/store/requests.ts';
import { cancelRequest } from '../approvals/cancel.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { upgradeScope } from '../approvals/upgrade-scope.ts';
import type { UpgradeScopeResponse } from '../contract/scope-requests.ts';
import type { Caller, CallerPerson } from '../sessions/caller.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

/** The person, and the client in whose authorization request they are asked about. */
export interface StepUpHolder {
  person: CallerPerson;
  clientId: string;
}

/** Asks for scopes and takes requests back, in the name of a person and for the client that sent their browser. */
export interface StepUpAsker {
  /** As `POST /api/upgrade-scope` answers; what it throws is a refusal that made no request. */
  ask(
    holder: StepUpHolder,
    scopes: readonly string[],
    justification: string | undefined,
    origin: RequestOrigin,
  ): Promise<UpgradeScopeResponse>;
  /** One that has ended meanwhile stays as it is. */
  withdraw(holder: StepUpHolder, requestId: string): Promise<void>;
}

/** By the ordinary requests, as if the person had asked for the scopes themselves. */
export function stepUpAsker(deps: ApprovalDeps): StepUpAsker {
  const caller = ({ person, clientId }: StepUpHolder): Caller => ({ kind: 'browser', person, clientId });
  return {
    ask: (holder, scopes, justification, origin) =>
      upgradeScope(
        deps,
        caller(holder),
        { scopes: [...scopes], ...(justification === undefined ? {} : { justification }) },
        origin,
      ),
    withdraw: async (holder, requestId) => {
      try {
        await cancelRequest(deps, caller(holder), requestId);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'already_decided') throw error;
      }
    },
  };
}
