import type { RequestHandler } from 'express';
import type { Provider } from 'oidc-provider';
import { findClient } from '../oauth/find-client.ts';
import { endStepUp, findStepUp } from '../../activities/store/step-ups.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import { pathId } from '../http/parse.ts';
import { findInteraction } from '../oauth/begun-interaction.ts';
import { signInAddress } from '../sessions/sign-in-address.ts';
import { stepUpAnswerPage } from './answer-page.ts';
import type { StepUpDeps } from './deps.ts';
import { stepUpStanding } from './standing.ts';
import { waitingPath } from './waiting-path.ts';
import { isSameSignIn } from './way-back.ts';

/**
 * Gives the client its answer, in the browser and the sign-in that it sent, to the person who was asked about, and not
 * before there is one. Whatever does not fit leads to the waiting page, which says what holds.
 */
export function continueStepUp(provider: Provider, deps: StepUpDeps): RequestHandler {
  return async (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    const uid = pathId(request, 'uid');
    const session = await deps.sessions.find(request);
    if (session === undefined) {
      response.redirect(303, signInAddress(waitingPath(uid)));
      return;
    }
    const { subject } = session.person;
    const stepUp = await findStepUp(deps.db, { uid, subject });
    if (stepUp === undefined) {
      throw new DomainError('not_found', 'Nothing of yours waits here. Start again from the app you came from.');
    }
    const interaction = await findInteraction(provider, request, response);
    const belongs =
      interaction?.uid === uid &&
      interaction.params['client_id'] === stepUp.client_id &&
      interaction.session?.accountId === subject &&
      (await isSameSignIn(provider, request, interaction));
    const { result, requests } = await stepUpStanding(deps, stepUp);
    if (!belongs || result === undefined) {
      // `from` keeps the page from coming straight back here.
      response.redirect(303, `${waitingPath(uid)}${belongs ? '' : '?from=continue'}`);
      return;
    }
    const address = await provider.interactionResult(request, response, result);
    await endStepUp(deps.db, uid, 'finished', deps.now());
    // Nobody needs to decide about what is held by another grant.
    const holder = { person: session.person, clientId: stepUp.client_id };
    for (const { request_id: requestId, status } of requests) {
      if (!isTerminal(status)) await deps.asker.withdraw(holder, requestId);
    }
    const client = await findClient(provider, stepUp.client_id);
    // Long enough to be read; clients are anywhere, so that it is no redirect.
    response.setHeader('Refresh', `1; url=${address}`);
    response.type('html').send(stepUpAnswerPage({ client, stepUp, result }, address));
  };
}
