import { Router } from 'express';
import { endChatSignIns } from '../../activities/store/chat-sign-ins.ts';
import { announce } from '../../activities/store/events.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { demoLoginSchema } from '../contract/sign-in.ts';
import { requireSameOrigin } from '../http/browser-guard.ts';
import { localPathOr } from '../http/local-path.ts';
import { parseBody } from '../http/parse.ts';
import { chatCaller } from './chat-caller.ts';
import type { ChatCookies } from './chat-cookie.ts';
import { demoSignIn } from './demo-sign-in.ts';
import type { ChatDeps } from './deps.ts';
import { beginSignIn, finishSignIn, flowSeconds, openFlow, sealFlow, signInSeconds } from './sign-in.ts';

/** `/auth/*` of the chat app: the ordinary redirect, the demo login, signing out. */
export function chatAuthRoutes(deps: ChatDeps, cookies: ChatCookies): Router {
  const router = Router();
  const origin = new URL(deps.publicUrl).origin;

  router.get('/sign-in', async (request, response) => {
    const { url, flow } = await beginSignIn(deps, localPathOr(request.query['return_to'], '/'));
    cookies.flow.write(response, sealFlow(deps, flow), flowSeconds);
    response.set('Cache-Control', 'no-store').redirect(303, url.href);
  });

  router.get('/callback', async (request, response) => {
    const flow = openFlow(deps, cookies.flow.read(request));
    cookies.flow.clear(response);
    if (flow === undefined)
      throw new DomainError(
        'not_signed_in',
        'This sign-in has expired or was begun elsewhere. Go back and sign in again.',
      );
    const { secret, returnTo } = await finishSignIn(deps, new URL(request.originalUrl, origin), flow);
    cookies.signIn.write(response, secret, signInSeconds);
    response.set('Cache-Control', 'no-store').redirect(303, returnTo);
  });

  router.post('/demo-login', requireSameOrigin(origin, 'always'), async (request, response) => {
    if (!deps.demoMode) throw new DomainError('demo_mode_off', 'There are no demo accounts here.');
    const body = parseBody(demoLoginSchema, request);
    const { secret, returnTo } = await demoSignIn(deps, {
      email: body.email,
      password: body.password,
      returnTo: localPathOr(body.return_to, '/'),
    });
    cookies.signIn.write(response, secret, signInSeconds);
    response.set('Cache-Control', 'no-store').redirect(303, returnTo);
  });

  router.post('/sign-out', requireSameOrigin(origin), async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    cookies.signIn.clear(response);
    // The other end first: it takes a token of this one.
    const other = await deps.authServer.ask(person.subject, 'POST', '/auth/sign-out').catch((cause: unknown) => cause);
    await deps.db.transaction().execute(async (trx) => {
      await endChatSignIns(trx, person.subject, deps.now());
      await announce(trx, { kind: 'sign_out', id: person.subject, subject: person.subject });
    });
    deps.tokens.forget(person.subject);
    if (other instanceof DomainError && other.code === 'temporarily_unavailable') {
      throw new DomainError(
        'temporarily_unavailable',
        'You are signed out here, but the authorization server could not be reached: sign out there as well.',
        { cause: other },
      );
    }
    response.status(204).end();
  });

  return router;
}
