import type { Client } from 'oidc-provider';
import { plainPage, type PlainPage } from '../http/plain-page.ts';
import { whoVouches } from './client-consent-page.ts';
import { visibleName } from './visible-name.ts';
import { clientHost } from './client-documents.ts';
import { oauthRoutes } from './routes.ts';

/** What a page's form needs so that the provider knows it for its own. */
interface Asked {
  /** Its token against cross-site requests. */
  xsrf: string;
  email: string;
}

/** Asks for the code that a device shows. @param asked.problem why the last one was not taken */
export function codeInputPage(asked: Asked & { code?: string | undefined; problem?: string | undefined }): string {
  return plainPage({
    title: 'Connect a device',
    paragraphs: [
      `Enter the code that the device or program shows you. You are signed in as ${asked.email}.`,
      'Enter no code that somebody has sent you: whoever has the other end of it would act for you.',
    ],
    form: {
      action: oauthRoutes.code_verification,
      hidden: { xsrf: asked.xsrf },
      field: {
        name: 'user_code',
        label: 'Code',
        value: asked.code ?? '',
        hint: 'Eight letters; capitals and dashes do not matter.',
        problem: asked.problem,
      },
      buttons: [{ name: 'next', value: 'yes', text: 'Continue' }],
    },
  });
}

/** Shows what the code belongs to, before anything happens. */
export function codeConfirmPage(
  asked: Asked & { code: string; client: Client; device: { ip?: unknown; ua?: unknown } },
): string {
  const { client, device } = asked;
  const name = visibleName(client.clientName ?? client.clientId);
  const host = clientHost(client.clientId);
  const program = typeof device.ua === 'string' && device.ua !== '' ? ` by “${visibleName(device.ua)}”` : '';
  return plainPage({
    title: host === undefined ? `Connect “${name}” on a device?` : `Connect ${host} on a device?`,
    paragraphs: [
      `The device shows the code ${asked.code}. If yours shows another one, or if you have no device in front of you that asks for this, cancel.`,
      `An app that calls itself “${name}” wants to work as ${asked.email}. ${whoVouches(client, host)}`,
      `The code was asked for from ${typeof device.ip === 'string' ? device.ip : 'an unknown address'}${program}.`,
    ],
    form: {
      action: oauthRoutes.code_verification,
      hidden: { xsrf: asked.xsrf, user_code: asked.code },
      buttons: [
        { name: 'abort', value: 'yes', text: 'Cancel' },
        { name: 'confirm', value: 'yes', text: 'Connect it' },
      ],
    },
  });
}

/** After the end: the device fetches its answer by itself. */
export function deviceEndPage(page: Pick<PlainPage, 'title' | 'paragraphs'>): string {
  return plainPage({ ...page, links: [{ href: oauthRoutes.code_verification, text: 'Enter another code' }] });
}
