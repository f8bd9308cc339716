import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { plainPage } from '../http/plain-page.ts';

/** The page of an authorization request that cannot be sent back to its client, such as a wrong redirect URI. */
export function renderError(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  ctx.type = 'html';
  ctx.body = plainPage({
    title: 'This sign-in cannot go on',
    paragraphs: [
      'The app that sent you here asked in a way that is not allowed, or too much time has passed. Start again from that app.',
      `What went wrong: ${out.error_description ?? out.error} (${out.error}).`,
    ],
  });
}
