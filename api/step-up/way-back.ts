import { parseCookie } from 'cookie';
import type { IncomingHttpHeaders } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { StepUp } from '../../activities/store/step-ups.ts';
import type { Interaction } from './deps.ts';

/**
 * Whether the client can still be answered from this browser. `finished`: it has been; `lapsed`: its sign-in took too
 * long; `elsewhere`: it was begun in another browser, or the person has signed in anew since.
 */
export type WayBack = 'open' | 'finished' | 'lapsed' | 'elsewhere';

/** The provider would refuse to go on in the other three; what was granted stands in all of them. */
export async function wayBack(
  provider: Provider,
  request: { headers: IncomingHttpHeaders },
  stepUp: StepUp,
): Promise<WayBack> {
  if (stepUp.finished_at !== null) return 'finished';
  const interaction = await provider.Interaction.find(stepUp.uid);
  if (interaction === undefined) return 'lapsed';
  return (await isSameSignIn(provider, request, interaction)) ? 'open' : 'elsewhere';
}

/** Whether the provider's session is the one that the interaction began in. */
export async function isSameSignIn(
  provider: Provider,
  request: { headers: IncomingHttpHeaders },
  interaction: Pick<Interaction, 'session'>,
): Promise<boolean> {
  const id = parseCookie(request.headers.cookie ?? '')[provider.cookieName('session')];
  const session = id === undefined || id === '' ? undefined : await provider.Session.find(id);
  return session !== undefined && session.uid === interaction.session?.uid;
}
