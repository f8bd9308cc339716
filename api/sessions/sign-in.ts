import type { Request, Response } from 'express';
import { appendAudit } from '../../activities/store/audit.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPersonByPassword } from '../../activities/store/people.ts';
import { dashboardClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { demoLoginSchema } from '../contract/sign-in.ts';
import { clientNetwork } from '../http/client-address.ts';
import { localPathOr } from '../http/local-path.ts';
import { parseBody } from '../http/parse.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { SignInLimit } from './sign-in-limit.ts';

/** What signing in with a password takes. */
export interface SignInDeps {
  db: Db;
  sessions: BrowserSessions;
  limit: SignInLimit;
  demoMode: boolean;
}

/**
 * `POST /auth/demo-login`: answers 303 with our cookie.
 *
 * @throws {DomainError} `demo_mode_off`, `invalid_credentials`, `rate_limited`
 */
export async function demoSignIn(deps: SignInDeps, request: Request, response: Response): Promise<void> {
  if (!deps.demoMode)
    throw new DomainError('demo_mode_off', 'Demo mode is off, so there are no demo accounts to sign in with.');
  const body = parseBody(demoLoginSchema, request);
  const returnTo = request.query['return_to'] ?? body.return_to;
  const address = clientNetwork(request);
  await deps.limit.attempt(body.email, address);
  const person = await findPersonByPassword(deps.db, body.email, body.password);
  if (person === undefined) {
    await appendAudit(deps.db, { type: 'session.sign_in_failed', actor: 'anonymous', clientId: dashboardClientId });
    throw new DomainError('invalid_credentials', 'That e-mail address and password do not belong together.');
  }
  await deps.limit.succeeded(body.email, address);
  await deps.sessions.begin(request, response, person);
  await appendAudit(deps.db, {
    type: 'session.signed_in',
    actor: person.subject,
    subject: person.subject,
    clientId: dashboardClientId,
  });
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(303, localPathOr(returnTo, '/'));
}
