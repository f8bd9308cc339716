import type { Client, Provider } from 'oidc-provider';
import { plainPage } from '../http/plain-page.ts';
import { askedInWords, type AskedScope } from './asked-scopes.ts';
import { clientHost } from './client-documents.ts';
import { wantsToStay } from './interaction-policy.ts';
import { backgroundGrant } from './registered-clients.ts';
import { visibleName } from './visible-name.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/**
 * Asks whether a client that is not our own may act for the person. It says only what is known: what the client calls
 * itself, where the answer goes, and that nobody has verified either.
 */
export function clientConsentPage(asked: {
  interaction: Pick<Interaction, 'uid' | 'params'>;
  client: Client | undefined;
  /** What the person agreed to before. */
  given: { consentedAt: Date } | undefined;
  /** Somebody here has said who it is. */
  verified: boolean;
  /** What it asks for now. */
  scopes: readonly AskedScope[];
  email: string;
}): string {
  const { interaction, client, given, scopes, email } = asked;
  const name = visibleName(client?.clientName ?? client?.clientId ?? 'unnamed');
  const host = client === undefined ? undefined : clientHost(client.clientId);
  const { redirect_uri: redirectUri } = interaction.params;
  const target = redirectUri === undefined ? 'the device that shows the code' : answerTarget(redirectUri);
  return plainPage({
    title: host === undefined ? `Let “${name}” act for you?` : `Let ${host} act for you?`,
    paragraphs: [
      ...(given === undefined
        ? []
        : [`You let it act for you before, on ${given.consentedAt.toUTCString()}; it asks again.`]),
      `An app that calls itself “${name}” wants to work as ${email}.`,
      `${whoVouches(client, host)} If you go on, the answer is sent to ${target}. Go on only if you have just started this there yourself.`,
      wantsToStay(interaction.params)
        ? stayingWords(client)
        : 'It stays connected for minutes, not longer, unless it asks again.',
      scopes.length === 0 ? 'It asks for no permission now.' : 'It asks for:',
    ],
    list: scopes.map(askedInWords),
    notes: [
      'Once it acts for you it can ask for more. What the policy grants you at once it may get without asking you, anything else is decided by a person. All of it is listed under your name.',
      ...(asked.verified
        ? []
        : [
            'While nobody here has verified it, it gets nothing of high or critical risk without your own confirmation, on a page like this, or somebody else’s approval.',
          ]),
    ],
    form: {
      action: `/interaction/${interaction.uid}`,
      buttons: [
        { name: 'decision', value: 'refuse', text: 'Cancel' },
        { name: 'decision', value: 'allow', text: 'Let it act for me' },
      ],
    },
  });
}

/** What staying connected means, and what ends it: a sign-in ends by signing out, a background client asks anew. */
function stayingWords(client: Client | undefined): string {
  const stays =
    'It also asks to stay connected: it can go on working for you when you are not here, until you disconnect it under “Your access” in the chat';
  return client?.grantTypeAllowed(backgroundGrant) === true
    ? `${stays}; signing out does not stop it.`
    : `${stays}, or sign out.`;
}

/** What is known about who it is: a site that describes it, or nothing. */
export function whoVouches(client: Client | undefined, host: string | undefined): string {
  if (client?.clientSecret !== undefined) return 'It is registered here by whoever runs this server.';
  if (host !== undefined) {
    return `Whoever runs ${host} says what this app is, at ${client?.clientId ?? ''}. Nobody here has verified it.`;
  }
  const registered = client?.clientIdIssuedAt;
  const since =
    registered === undefined ? '' : ` It registered itself on ${new Date(registered * 1_000).toUTCString()}.`;
  return `Nobody has verified who it is: any app can call itself anything.${since}`;
}

/** On the way back; the browser goes on by itself. @param address at this server, which redirects to the client */
export function backToClientPage(address: string): string {
  return plainPage({
    title: 'Going back to the app',
    paragraphs: ['If nothing happens, go on by hand.'],
    links: [{ href: address, text: 'Continue' }],
  });
}

/** Where an answer goes, as people can judge it: the host, or the scheme of an app. */
export function answerTarget(redirectUri: unknown): string {
  const url = typeof redirectUri === 'string' ? URL.parse(redirectUri) : null;
  if (url === null) return 'an unknown place';
  if (url.protocol === 'https:') return url.host;
  return url.protocol === 'http:'
    ? `a program on this computer (${url.host})`
    : `the app for ${url.protocol} addresses`;
}
