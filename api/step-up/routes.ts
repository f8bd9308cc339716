import { Router, type Request, type Response } from 'express';
import type { Provider } from 'oidc-provider';
import { addJustification, findRequests } from '../../activities/store/requests.ts';
import { endStepUp, findStepUp, setStepUpRequests, type StepUp } from '../../activities/store/step-ups.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { justifyStepUpSchema } from '../contract/step-ups.ts';
import { parseBody, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { findClient } from '../oauth/find-client.ts';
import type { Caller } from '../sessions/caller.ts';
import { askForStepUp } from './ask.ts';
import type { StepUpDeps } from './deps.ts';
import { stepUpView, takesReason } from './step-up-view.ts';
import { wayBack } from './way-back.ts';

/** What the waiting page reads and does. Expects an authenticated caller; only browsers are answered. */
export function stepUpRoutes(provider: Provider, deps: StepUpDeps): Router {
  const router = Router();

  const answer = async (request: Request, response: Response, stepUp: StepUp, caller: Caller): Promise<void> => {
    const [client, back] = await Promise.all([
      findClient(provider, stepUp.client_id),
      wayBack(provider, request, stepUp),
    ]);
    response.json(await stepUpView(deps, { stepUp, client, person: caller.person, wayBack: back }));
  };

  router.get('/step-ups/:id', async (request, response) => {
    const { caller, stepUp } = await findOwn(deps, request, response);
    await answer(request, response, stepUp, caller);
  });

  router.post('/step-ups/:id/justification', async (request, response) => {
    const { justification } = parseBody(justifyStepUpSchema, request);
    const { caller, stepUp } = await findOwn(deps, request, response);
    refuseEnded(stepUp);
    if (stepUp.request_ids.length === 0) await askWith(deps, caller, stepUp, justification);
    else await addTo(deps, stepUp, justification);
    await answer(request, response, await again(deps, stepUp), caller);
  });

  router.post('/step-ups/:id/cancel', async (request, response) => {
    const { caller, stepUp } = await findOwn(deps, request, response);
    if (stepUp.finished_at !== null) refuseEnded(stepUp);
    const open = (await findRequests(deps.db, stepUp.request_ids)).filter(({ status }) => !isTerminal(status));
    if (open.length === 0 && stepUp.request_ids.length > 0 && stepUp.withdrawn_at === null) {
      throw new DomainError('already_decided', 'It has been decided in the meantime: there is nothing to withdraw.');
    }
    await endStepUp(deps.db, stepUp.uid, 'withdrawn', deps.now());
    const holder = { person: caller.person, clientId: stepUp.client_id };
    for (const { request_id: requestId } of open) await deps.asker.withdraw(holder, requestId);
    await answer(request, response, await again(deps, stepUp), caller);
  });
  return router;
}

/** @throws {DomainError} `client_not_allowed` to a token, `not_found` to everybody but the person who is asked about */
async function findOwn(
  deps: StepUpDeps,
  request: Request,
  response: Response,
): Promise<{ caller: Caller; stepUp: StepUp }> {
  const caller = callerOf(response);
  if (caller.kind !== 'browser') {
    throw new DomainError('client_not_allowed', 'This is for the person in their browser, never for a token.');
  }
  const stepUp = await findStepUp(deps.db, { uid: pathId(request), subject: caller.person.subject });
  if (stepUp === undefined) {
    throw new DomainError('not_found', 'Nothing of yours waits here. Start again from the app you came from.');
  }
  return { caller, stepUp };
}

async function again(deps: StepUpDeps, stepUp: StepUp): Promise<StepUp> {
  return (await findStepUp(deps.db, stepUp)) ?? stepUp;
}

function refuseEnded(stepUp: StepUp): void {
  if (stepUp.finished_at === null && stepUp.withdrawn_at === null) return;
  throw new DomainError('already_decided', 'This has ended. Start again from the app you came from.');
}

/** Policy demanded a reason: now that it is given, it is asked. */
async function askWith(deps: StepUpDeps, caller: Caller, stepUp: StepUp, justification: string): Promise<void> {
  const holder = { person: caller.person, clientId: stepUp.client_id };
  const asked = await askForStepUp(deps, holder, stepUp.scopes, justification);
  if (asked.kind === 'waits') {
    await setStepUpRequests(deps.db, stepUp.uid, asked.requestIds);
    return;
  }
  if (asked.kind === 'answered' && !('error' in asked.result)) return;
  const why = asked.kind === 'answered' ? asked.result['error_description'] : undefined;
  throw new DomainError(
    'forbidden_by_policy',
    `Nothing was asked: ${typeof why === 'string' ? why : 'the policy has changed'}.`,
  );
}

async function addTo(deps: StepUpDeps, stepUp: StepUp, justification: string): Promise<void> {
  const waiting = (await findRequests(deps.db, stepUp.request_ids)).filter(takesReason);
  if (waiting.length === 0) {
    throw new DomainError('already_decided', 'It has been decided, or says why already: no reason can be added.');
  }
  await deps.db.transaction().execute(async (trx) => {
    for (const { request_id: requestId } of waiting) await addJustification(trx, requestId, justification);
  });
}
