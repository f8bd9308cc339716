import type { errors, ErrorOut, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { nothingGranted } from '../step-up/step-up-words.ts';
import { clientAddress } from '../http/client-address.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import { codeConfirmPage, codeInputPage, deviceEndPage } from './device-pages.ts';
import type { GuessLimit } from './guess-limit.ts';
import { oauthRoutes } from './routes.ts';

/**
 * Seconds. A device stops asking then; what is approved later it gets at its next attempt. Not as long as a request may
 * wait: the code on its screen lives as long, which others could send around (RFC 8628 section 5.4).
 */
export const deviceCodeSeconds = 30 * 60;

type PageError = errors.OIDCProviderError | Error;

/**
 * The device authorization grant (RFC 8628), for clients without a browser: a person enters the device's code on a page of
 * ours, sees what asks, and goes through the same consent and approval as with any other client.
 */
export function deviceFlow(deps: { sessions: Pick<BrowserSessions, 'find'>; guesses: GuessLimit }) {
  const asked = async (ctx: KoaContextWithOIDC): Promise<{ xsrf: string; email: string }> => ({
    xsrf: secretOf(ctx),
    email: (await deps.sessions.find(ctx.req))?.person.email ?? '',
  });
  return {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    deviceInfo: (ctx: KoaContextWithOIDC) => ({ ip: clientAddress(ctx.req), ua: ctx.get('user-agent') }),
    userCodeInputSource: async (ctx: KoaContextWithOIDC, _form: string, _out?: ErrorOut, error?: PageError) => {
      ctx.type = 'html';
      const end = error === undefined ? undefined : endOf(error);
      if (end !== undefined) {
        ctx.body = deviceEndPage(end);
        return;
      }
      if (error?.name === 'NotFoundError') await deps.guesses.countWrong(ctx.req);
      const code = typeof ctx.state['userCode'] === 'string' ? ctx.state['userCode'] : undefined;
      ctx.body = codeInputPage({ ...(await asked(ctx)), code, problem: problemOf(error) });
    },
    userCodeConfirmSource: async (
      ctx: KoaContextWithOIDC,
      _form: string,
      client: Parameters<typeof codeConfirmPage>[0]['client'],
      device: object,
      code: string,
    ) => {
      ctx.type = 'html';
      ctx.body = codeConfirmPage({ ...(await asked(ctx)), code, client, device });
    },
    successSource: (ctx: KoaContextWithOIDC) => {
      ctx.type = 'html';
      ctx.body = deviceEndPage({
        title: 'The device is connected',
        paragraphs: ['It goes on by itself. You can close this page.'],
      });
    },
  } as const;
}

/** Hands a code in the address to the page that asks for it, instead of taking it unseen (RFC 8628 section 3.3.1). */
export function keepCodeForPage(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (ctx.path === oauthRoutes.code_verification && ctx.method === 'GET') {
      const { user_code: code, ...query } = ctx.query;
      if (typeof code === 'string' && /^[\w-]{1,20}$/.test(code)) ctx.state['userCode'] = code;
      ctx.query = query;
    }
    await next();
  });
}

function secretOf(ctx: KoaContextWithOIDC): string {
  const secret = ctx.oidc.session?.state?.['secret'];
  return typeof secret === 'string' ? secret : '';
}

/** What ends the way of a code, in words; undefined where another can be entered. */
function endOf(error: PageError): Parameters<typeof deviceEndPage>[0] | undefined {
  if (error.name !== 'AbortedError') return undefined;
  const { cause } = error;
  const why =
    cause instanceof Error && 'error_description' in cause && typeof cause.error_description === 'string'
      ? cause.error_description
      : undefined;
  return {
    title: 'The device is not connected',
    paragraphs: [why === undefined ? 'You cancelled it.' : nothingGranted(why), 'The device is told so.'],
  };
}

function problemOf(error: PageError | undefined): string | undefined {
  switch (error?.name) {
    case undefined:
      return undefined;
    case 'NoCodeError':
      return 'Enter the code first.';
    case 'NotFoundError':
      return 'There is no such code. Look at the device again.';
    case 'ExpiredError':
      return 'This code has expired. Let the device show a new one; what was approved meanwhile stands.';
    case 'AlreadyUsedError':
      return 'This code has been used. Let the device show a new one.';
    default:
      return 'That did not work. Let the device show a new code.';
  }
}
