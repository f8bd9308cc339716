import type { Client } from 'oidc-provider';
import { plainPage } from '../http/plain-page.ts';
import type { AskedScope } from './asked-scopes.ts';
import { clientHost } from './client-documents.ts';
import { visibleName, whoVouches } from './client-consent-page.ts';

/** Asks, by itself, whether a client that nobody has verified gets high or critical scopes that policy grants at once. */
export function scopeConfirmPage(asked: {
  uid: string;
  clientId: string;
  client: Client | undefined;
  scopes: readonly AskedScope[];
  email: string;
}): string {
  const { uid, client, scopes, email } = asked;
  const host = client === undefined ? undefined : clientHost(client.clientId);
  const names = scopes.map(({ scope }) => scope).join(', ');
  const calledItself = visibleName(client?.clientName ?? asked.clientId);
  return plainPage({
    title: `Give ${host ?? 'this app'} ${names}?`,
    paragraphs: [
      `An app that calls itself “${calledItself}” asks for power that it would have at once, as ${email}, without anybody else’s decision:`,
    ],
    list: scopes.map(({ scope, risk, description }) => `${scope} (${risk} risk): ${description}`),
    notes: [
      whoVouches(client, host),
      'Go on only if you have just asked for this there yourself. What you give is listed under “Your access” in the chat, where you can end it.',
    ],
    form: {
      action: `/interaction/${uid}`,
      buttons: [
        { name: 'decision', value: 'refuse', text: 'Cancel' },
        { name: 'decision', value: 'grant', text: `Give it ${names}` },
      ],
    },
  });
}
