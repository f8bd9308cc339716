import type { Request, Response } from 'express';
import { errors, type Provider } from 'oidc-provider';
import { plainPage } from '../http/plain-page.ts';
import { signInAddress } from '../sessions/sign-in-address.ts';
import type { BrowserSession, BrowserSessions } from '../sessions/browser-sessions.ts';
import { endedPage } from './ended-page.ts';
import { oauthRoutes } from './routes.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The interaction and who is signed in; undefined once the browser has been sent somewhere else. */
export async function begunInteraction(
  provider: Provider,
  deps: { sessions: BrowserSessions },
  request: Request,
  response: Response,
): Promise<{ interaction: Interaction; session: BrowserSession } | undefined> {
  response.setHeader('Cache-Control', 'no-store');
  const interaction = await findInteraction(provider, request, response);
  // The cookie decides which it is: a page of another one is not answered by it.
  if (interaction === undefined || interaction.uid !== request.params['uid']) {
    response.status(400).type('html').send(endedPage);
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
    if (interaction.deviceCode === undefined) response.redirect(303, restartAddress(interaction));
    else response.status(400).type('html').send(otherAccountPage);
    return undefined;
  }
  return { interaction, session };
}

const otherAccountPage = plainPage({
  title: 'You are signed in as somebody else now',
  paragraphs: ['The code was entered with another account. Let the device show a new one, and enter that.'],
});

/** The interaction of this browser; undefined when it has ended. */
export async function findInteraction(
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
