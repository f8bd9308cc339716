import { errors, type ErrorOut, type KoaContextWithOIDC } from 'oidc-provider';
import { plainPage } from '../http/plain-page.ts';
import { endedPage } from './ended-page.ts';

/** The page of an authorization request that cannot be sent back to its client, such as a wrong redirect URI. */
export function renderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void {
  ctx.type = 'html';
  if (error instanceof errors.SessionNotFound) {
    // Two tabs wait on one page, and both go on when there is an answer: the second finds it taken.
    ctx.body = endedPage;
    return;
  }
  ctx.body = plainPage({
    title: 'This sign-in cannot go on',
    paragraphs: [
      error instanceof errors.TemporarilyUnavailable
        ? 'That is for now only: nothing is lost. Start again from the app that sent you here, in a while.'
        : 'The app that sent you here asked in a way that is not allowed, or too much time has passed. Start again from that app.',
      `What went wrong: ${out.error_description ?? out.error} (${out.error}).`,
    ],
  });
}
