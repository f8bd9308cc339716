import type { Client } from 'oidc-provider';
import type { StepUp } from '../../activities/store/step-ups.ts';
import { plainPage } from '../http/plain-page.ts';
import { answerTarget } from '../oauth/client-consent-page.ts';
import { visibleName } from '../oauth/visible-name.ts';
import type { StepUpResult } from './deps.ts';
import { nothingGranted } from './step-up-words.ts';

/**
 * On the way back to the client, after a wait in which it may have gone: nobody here can see whether it still listens,
 * so the page says what holds if it does not. @param address at this server, which redirects to the client
 */
export function stepUpAnswerPage(
  answered: { client: Client | undefined; stepUp: StepUp; result: StepUpResult },
  address: string,
): string {
  const { client, stepUp, result } = answered;
  const name = `“${visibleName(client?.clientName ?? stepUp.client_id)}”`;
  const target = stepUp.redirect_uri === null ? 'the device that it runs on' : answerTarget(stepUp.redirect_uri);
  const why = result['error_description'];
  return plainPage({
    title: `Returning to ${name}`,
    paragraphs: [
      ...(typeof why === 'string' ? [nothingGranted(why)] : []),
      `The answer goes to ${target}.`,
      typeof why === 'string'
        ? `If nothing opens there, ${name} has stopped waiting: it learns the answer the next time it asks.`
        : `If nothing opens there, ${name} has stopped waiting. The access is granted all the same, and it will use it the next time.`,
    ],
    links: [{ href: address, text: 'Continue' }],
  });
}
