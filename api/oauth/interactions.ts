import { Router } from 'express';
import type { Provider } from 'oidc-provider';
import { z } from 'zod';
import { findConsent, recordConsent, recordConsentRefused } from '../../activities/store/client-consents.ts';
import { isClientVerified } from '../../activities/store/verified-clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { requireSameOrigin } from '../http/browser-guard.ts';
import { parseBody } from '../http/parse.ts';
import { beginStepUp } from '../step-up/begin.ts';
import { continueStepUp } from '../step-up/continue.ts';
import { refuse, type StepUpDeps, type StepUpResult } from '../step-up/deps.ts';
import { waitingPath } from '../step-up/waiting-path.ts';
import { approvalPrompt } from './approval-prompt.ts';
import { askedScopes } from './asked-scopes.ts';
import { begunInteraction } from './begun-interaction.ts';
import { backToClientPage, clientConsentPage } from './client-consent-page.ts';
import { findClient } from './find-client.ts';
import { wantsToStay } from './interaction-policy.ts';
import { authorizationErrorsProperty } from './registration.ts';
import { rememberDeclared } from './remember-authorization-errors.ts';

/** What the pages between a client and its code need. */
export interface InteractionDeps extends StepUpDeps {
  /** Our own, such as `http://localhost:8002`. */
  origin: string;
}

const consentAnswerSchema = z.strictObject({ decision: z.enum(['allow', 'refuse']) });

/**
 * Where the provider sends a browser that must sign in: whoever is signed in here goes on at once, anybody else signs
 * in first and comes back. A client that is not our own is shown before it may act for the person, and where it asks for
 * what takes a decision, the person waits for it on a page.
 */
export function interactionRoutes(provider: Provider, deps: InteractionDeps): Router {
  const router = Router();
  router.get('/interaction/:uid', async (request, response) => {
    const found = await begunInteraction(provider, deps, request, response);
    if (found === undefined) return;
    const { interaction, session } = found;
    if (interaction.prompt.name === 'consent') {
      const clientId = String(interaction.params['client_id']);
      const client = await findClient(provider, clientId);
      const given = await findConsent(deps.db, { subject: session.person.subject, clientId });
      const verified = await isClientVerified(deps.db, clientId);
      const scopes = await askedScopes(deps, interaction, session.person);
      const { email } = session.person;
      response.type('html').send(clientConsentPage({ interaction, client, given, verified, scopes, email }));
      return;
    }
    if (interaction.prompt.name === approvalPrompt) {
      const result = await beginStepUp(deps, interaction, session.person);
      if (result === undefined) response.redirect(303, waitingPath(interaction.uid));
      else await provider.interactionFinished(request, response, result);
      return;
    }
    await provider.interactionFinished(request, response, {
      login: { accountId: session.person.subject, ts: Math.floor(session.authenticatedAt.getTime() / 1_000) },
    });
  });

  router.get('/interaction/:uid/continue', continueStepUp(provider, deps));

  router.post('/interaction/:uid', requireSameOrigin(deps.origin, 'always'), async (request, response) => {
    const { decision } = parseBody(consentAnswerSchema, request);
    const found = await begunInteraction(provider, deps, request, response);
    if (found === undefined) return;
    const { interaction, session } = found;
    if (interaction.prompt.name !== 'consent')
      throw new DomainError(
        'invalid_request',
        'Nothing is asked here any more. Start again from the app you came from.',
      );
    const consent = { subject: session.person.subject, clientId: String(interaction.params['client_id']) };
    if (decision === 'allow') {
      const client = await findClient(provider, consent.clientId);
      const terms = { offline: wantsToStay(interaction.params), name: client?.clientName ?? null };
      await recordConsent(deps.db, consent, deps.now(), terms);
      await rememberDeclared(deps.db, consent.clientId, client?.metadata()[authorizationErrorsProperty]);
    } else await recordConsentRefused(deps.db, consent);
    const result: StepUpResult =
      decision === 'allow' ? { consent: {} } : refuse('the person did not let this client act for them');
    const address = await provider.interactionResult(request, response, result);
    // A page of its own: redirects after a form are held to `form-action`, and clients are anywhere.
    response.setHeader('Refresh', `0; url=${address}`);
    response.type('html').send(backToClientPage(address));
  });
  return router;
}
