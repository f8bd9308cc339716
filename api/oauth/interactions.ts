import { Router, type Request, type Response } from 'express';
import { errors, type Provider } from 'oidc-provider';
import { plainPage } from '../http/plain-page.ts';
import { signInAddress } from '../sessions/sign-in-address.ts';
import type { BrowserSession, BrowserSessions } from '../sessions/browser-sessions.ts';
import { oauthRoutes } from './routes.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/**
 * Where the provider sends a browser that must sign in: whoever is signed in here goes on at once, anybody else signs
 * in first and comes back.
 */
export function interactionRoutes(provider: Provider, sessions: BrowserSessions): Router {
  const router = Router();
  router.get('/interaction/:uid', async (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    const interaction = await findInteraction(provider, request, response);
    if (interaction === undefined) {
      response.status(400).type('html').send(tooLatePage);
      return;
    }
    if (interaction.prompt.name !== 'login') {
      await provider.interactionFinished(request, response, {
        error: 'access_denied',
        error_description: 'this client is not known here',
      });
      return;
    }
    const session = await sessions.find(request);
    if (session === undefined || !isFreshEnough(session, interaction)) {
      response.redirect(303, signInAddress(request.originalUrl));
      return;
    }
    const before = interaction.session?.accountId;
    if (before !== undefined && before !== session.person.subject) {
      // Another account than the request began with: the provider would end its session with a form of its own.
      response.redirect(303, restartAddress(interaction));
      return;
    }
    await provider.interactionFinished(request, response, {
      login: { accountId: session.person.subject, ts: Math.floor(session.authenticatedAt.getTime() / 1_000) },
    });
  });
  return router;
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
