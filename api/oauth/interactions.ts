import { Router, type Request, type Response } from 'express';
import { errors, type Provider } from 'oidc-provider';
import { z } from 'zod';
import { recordConsent, recordConsentRefused } from '../../activities/store/client-consents.ts';
import type { Db } from '../../activities/store/connect.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { requireSameOrigin } from '../http/browser-guard.ts';
import { parseBody } from '../http/parse.ts';
import { plainPage } from '../http/plain-page.ts';
import { signInAddress } from '../sessions/sign-in-address.ts';
import type { BrowserSession, BrowserSessions } from '../sessions/browser-sessions.ts';
import { backToClientPage, clientConsentPage } from './client-consent-page.ts';
import { oauthRoutes } from './routes.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What the pages between a client and its code need. */
export interface InteractionDeps {
  db: Db;
  sessions: BrowserSessions;
  /** Our own, such as `http://localhost:8002`. */
  origin: string;
  now: () => Date;
}

const consentAnswerSchema = z.strictObject({ decision: z.enum(['allow', 'refuse']) });

/**
 * Where the provider sends a browser that must sign in: whoever is signed in here goes on at once, anybody else signs
 * in first and comes back. A client that is not our own is shown before it may act for the person.
 */
export function interactionRoutes(provider: Provider, deps: InteractionDeps): Router {
  const router = Router();
  router.get('/interaction/:uid', async (request, response) => {
    const found = await begun(provider, deps, request, response);
    if (found === undefined) return;
    const { interaction, session } = found;
    if (interaction.prompt.name === 'consent') {
      const client = await provider.Client.find(String(interaction.params['client_id']));
      response.type('html').send(clientConsentPage({ interaction, client, email: session.person.email }));
      return;
    }
    await provider.interactionFinished(request, response, {
      login: { accountId: session.person.subject, ts: Math.floor(session.authenticatedAt.getTime() / 1_000) },
    });
  });

  router.post('/interaction/:uid', requireSameOrigin(deps.origin, 'always'), async (request, response) => {
    const { decision } = parseBody(consentAnswerSchema, request);
    const found = await begun(provider, deps, request, response);
    if (found === undefined) return;
    const { interaction, session } = found;
    if (interaction.prompt.name !== 'consent')
      throw new DomainError(
        'invalid_request',
        'Nothing is asked here any more. Start again from the app you came from.',
      );
    const consent = { subject: session.person.subject, clientId: String(interaction.params['client_id']) };
    if (decision === 'allow') await recordConsent(deps.db, consent, deps.now());
    else await recordConsentRefused(deps.db, consent);
    const address = await provider.interactionResult(
      request,
      response,
      decision === 'allow'
        ? { consent: {} }
        : { error: 'access_denied', error_description: 'the person did not let this client act for them' },
    );
    // A page of its own: redirects after a form are held to `form-action`, and clients are anywhere.
    response.setHeader('Refresh', `0; url=${address}`);
    response.type('html').send(backToClientPage(address));
  });
  return router;
}

/** The interaction and who is signed in; undefined once the browser has been sent somewhere else. */
async function begun(
  provider: Provider,
  deps: InteractionDeps,
  request: Request,
  response: Response,
): Promise<{ interaction: Interaction; session: BrowserSession } | undefined> {
  response.setHeader('Cache-Control', 'no-store');
  const interaction = await findInteraction(provider, request, response);
  if (interaction === undefined) {
    response.status(400).type('html').send(tooLatePage);
    return undefined;
  }
  const session = await deps.sessions.find(request);
  if (session === undefined || !isFreshEnough(session, interaction)) {
    response.redirect(303, signInAddress(`/interaction/${interaction.uid}`));
    return undefined;
  }
  const before = interaction.session?.accountId;
  if (before !== undefined && before !== session.person.subject) {
    // Another account than the request began with: the provider would end its session with a form of its own.
    response.redirect(303, restartAddress(interaction));
    return undefined;
  }
  return { interaction, session };
}

const tooLatePage = plainPage({
  title: 'This sign-in has ended',
  paragraphs: [
    'It took too long, or it was finished in another tab. Nothing is lost: start again from the app you came from.',
  ],
});

async function findInteraction(
  provider: Provider,
  request: Request,
  response: Response,
): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  }
}

/** A client that asks for a new sign-in (`prompt=login`, `max_age`) gets one that happened since it asked. */
function isFreshEnough(session: BrowserSession, interaction: Interaction): boolean {
  const asksAnew = ['login_prompt', 'max_age'].some((reason) => interaction.prompt.reasons.includes(reason));
  return !asksAnew || session.authenticatedAt.getTime() / 1_000 >= interaction.iat;
}

/** The same authorization request again, without the prompt that has just been answered. */
function restartAddress(interaction: Interaction): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(interaction.params)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'string' || typeof item === 'number') query.append(name, String(item));
    }
  }
  const prompts = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '' && prompt !== 'login');
  if (prompts.length === 0) query.delete('prompt');
  else query.set('prompt', prompts.join(' '));
  return `${oauthRoutes.authorization}?${query.toString()}`;
}
