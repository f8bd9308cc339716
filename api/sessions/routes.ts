import { Router, type Request } from 'express';
import { demoAccounts } from '../../activities/store/seed-demo.ts';
import type { OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { listPeople } from '../../activities/store/people.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { SignInOptions } from '../contract/user-status.ts';
import { requireSameOrigin } from '../http/browser-guard.ts';
import { authenticate, callerOf, type AuthenticateDeps } from './authenticate.ts';
import { isOtherPeoplesClient } from './caller.ts';
import { demoSignIn, type SignInDeps } from './sign-in.ts';
import { signOutEverywhere } from './sign-out.ts';

/** What signing in and out takes. */
export interface SessionRouteDeps extends SignInDeps, AuthenticateDeps {
  payloads: OidcPayloads;
  /** Our own origin. */
  origin: string;
  now: () => Date;
}

/** Signing in and out at the auth server. */
export function sessionRoutes(deps: SessionRouteDeps): Router {
  const router = Router();

  // Another site must not be able to sign somebody in as somebody else, so the cookie does not matter here.
  router.post('/auth/demo-login', requireSameOrigin(deps.origin, 'always'), async (request, response) => {
    await demoSignIn(deps, request, response);
  });

  router.get('/auth/sign-in-options', async (_request, response) => {
    const answer: SignInOptions = {
      demo_mode: deps.demoMode,
      accounts: deps.demoMode ? await accountsToPick(deps) : [],
    };
    response.setHeader('Cache-Control', 'no-store');
    response.json(answer);
  });

  router.post('/auth/sign-out', requireSameOrigin(deps.origin), authenticate(deps), async (request, response) => {
    const caller = callerOf(response);
    if (isOtherPeoplesClient(caller)) {
      throw new DomainError(
        'client_not_allowed',
        'A client ends its own sign-in by revoking its token. People sign out everywhere in their browser.',
      );
    }
    const { person, clientId } = caller;
    await signOutEverywhere(deps, { subject: person.subject, clientId });
    deps.sessions.forget(response);
    if (wantsPage(request)) response.redirect(303, '/sign-in');
    else response.status(204).end();
  });

  return router;
}

async function accountsToPick(deps: SessionRouteDeps): Promise<SignInOptions['accounts']> {
  const order = demoAccounts.map(({ email }): string => email);
  const people = (await listPeople(deps.db)).filter(({ email, disabled }) => !disabled && order.includes(email));
  return people
    .sort((one, other) => order.indexOf(one.email) - order.indexOf(other.email))
    .map(({ email, displayName, roles }) => ({ email, name: displayName, roles: [...roles] }));
}

/** Whether a browser's own form asks, rather than a script or a program. */
function wantsPage(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html';
}
