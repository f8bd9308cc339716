import { openRequestsOfClient, type RequestOrigin } from '../../activities/store/requests.ts';
import { stepUpCoolDown } from '../../activities/store/step-up-cool-down.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { UpgradeScopeResponse } from '../contract/scope-requests.ts';
import type { StepUpHolder } from './asker.ts';
import { goOn, refuse, type StepUpDeps, type StepUpResult } from './deps.ts';
import { coolDownWords } from './step-up-words.ts';

/** What came of asking: an answer for the client at once, requests that wait, or a reason that has to be given first. */
export type Asked =
  | {
      kind: 'answered';
      result: StepUpResult;
      /** It is refused only because it was left out of what was approved a moment ago. */
      onlyLeftOut?: boolean;
    }
  | { kind: 'waits'; requestIds: string[] }
  | { kind: 'needs_reason' };

/**
 * The answer where there is one at once. What it was to a part of what was approved a moment ago, a token for that part,
 * it is again.
 *
 * @param asking.named everything that the request names.
 */
export function answerAtOnce(
  asked: Asked & { kind: 'answered' },
  asking: { named: Iterable<string>; held: readonly string[] },
): StepUpResult {
  const holdsSome = [...asking.named].some((scope) => isElevated(scope) && asking.held.includes(scope));
  return asked.onlyLeftOut === true && holdsSome ? goOn : asked.result;
}

/**
 * Asks for what a client's authorization request lacks, or joins what is being asked already. What was refused a moment
 * ago is left out, and is the answer where nothing else is asked for.
 */
export async function askForStepUp(
  deps: StepUpDeps,
  holder: StepUpHolder,
  scopes: readonly string[],
  justification?: string,
  origin: RequestOrigin = { via: 'authorization_request' },
): Promise<Asked> {
  const of = { subject: holder.person.subject, clientId: holder.clientId };
  if (await isClientBlocked(deps.db, of.clientId))
    return answered(refuse('this client is blocked', 'unauthorized_client'));
  const earlier = await stepUpCoolDown(deps.db, { ...of, scopes }, deps.now());
  const rest = scopes.filter((scope) => earlier?.refused.includes(scope) !== true);
  if (earlier !== undefined && rest.length === 0) {
    return { ...answered(refuse(coolDownWords(earlier, deps.now()))), onlyLeftOut: earlier.onlyLeftOut };
  }
  try {
    return fromAnswer(await deps.asker.ask(holder, rest, justification, origin));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return fromRefusal(deps, of, rest, error);
  }
}

function fromAnswer(answer: UpgradeScopeResponse): Asked {
  switch (answer.status) {
    case 'approved':
      return answered(goOn);
    case 'pending_admin_approval':
      return { kind: 'waits', requestIds: [answer.approval_request_id] };
    case 'pending_user_approval': {
      const { approval_request_id: own, admin_approval_request_id: others } = answer;
      return { kind: 'waits', requestIds: others === undefined ? [own] : [own, others] };
    }
    case 'denied':
      return answered(refuse(answer.reason));
    default:
      return answer satisfies never;
  }
}

async function fromRefusal(
  deps: StepUpDeps,
  of: { subject: string; clientId: string },
  scopes: readonly string[],
  error: DomainError,
): Promise<Asked> {
  switch (error.code) {
    case 'justification_required':
      return { kind: 'needs_reason' };
    case 'temporarily_unavailable': {
      // Stored but not looked at, as no worker runs: it waits like any other, and is looked at when one does.
      const stored = (await openRequestsOfClient(deps.db, of)).filter((request) =>
        request.scopes.every((scope) => scopes.includes(scope)),
      );
      if (stored.length > 0) return { kind: 'waits', requestIds: stored.map(({ request_id }) => request_id) };
      return answered(refuse(error.message, 'temporarily_unavailable'));
    }
    case 'grants_frozen':
    case 'rate_limited':
      return answered(refuse(error.message, 'temporarily_unavailable'));
    case 'invalid_request':
    case 'unknown_scope':
      return answered(refuse(error.message));
    default:
      throw error;
  }
}

function answered(result: StepUpResult): Asked & { kind: 'answered' } {
  return { kind: 'answered', result };
}
