import type { Request, RequestHandler, Response } from 'express';
import { hasTokenEnded } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPerson } from '../../activities/store/people.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { dashboardClientId } from '../../workflows/domain/clients.ts';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import type { ApiToken } from './access-tokens.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { notSignedIn, type Caller } from './caller.ts';

/** What {@link authenticate} asks. */
export interface AuthenticateDeps {
  db: Db;
  sessions: BrowserSessions;
  verifyToken: (token: string) => Promise<ApiToken>;
  now: () => Date;
}

/**
 * Establishes the caller, from a bearer token or from the session cookie; `callerOf` reads it. A request with an
 * `Authorization` header stands by that header alone.
 *
 * @throws {DomainError} `not_signed_in`, also for disabled accounts and ended sessions; `client_blocked`.
 */
export function authenticate(deps: AuthenticateDeps): RequestHandler {
  return async (request, response, next) => {
    // Answers differ by who asks.
    response.setHeader('Cache-Control', 'no-store');
    response.locals['caller'] = await (request.headers.authorization === undefined
      ? browserCaller(deps, request)
      : bearerCaller(deps, request));
    next();
  };
}

/** Who is calling. @throws {DomainError} `not_signed_in` where no caller was established. */
export function callerOf(response: Response): Caller {
  const caller = response.locals['caller'] as Caller | undefined;
  if (caller === undefined) throw notSignedIn();
  return caller;
}

async function browserCaller(deps: AuthenticateDeps, request: Request): Promise<Caller> {
  const session = await deps.sessions.find(request);
  if (session === undefined) throw notSignedIn();
  return {
    kind: 'browser',
    person: session.person,
    clientId: dashboardClientId,
    expiresAt: session.expiresAt,
    sessionId: session.sessionId,
    authenticatedAt: session.authenticatedAt,
  };
}

async function bearerCaller(deps: AuthenticateDeps, request: Request): Promise<Caller> {
  // RFC 6750 section 2.1; the scheme's name is case-insensitive.
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw notSignedIn();
  const { subject, clientId, scopes, jti, issuedAt, expiresAt, signIn } = await deps.verifyToken(token);
  const person = await findPerson(deps.db, subject);
  if (person === undefined || person.disabled) throw notSignedIn();
  if (await isClientBlocked(deps.db, clientId)) {
    throw new DomainError('client_blocked', `An admin has blocked the client ${clientId}: it may do nothing here.`);
  }
  if (await hasTokenEnded(deps.db, { subject, clientId, issuedAt, signIn })) throw notSignedIn();
  const mayDecide =
    scopes.includes(decidingScope) &&
    (await heldScopes(deps.db, { subject, clientId }, deps.now())).includes(decidingScope);
  const ofToken = { issuedAt, expiresAt, scopes, jti, mayDecide, ...(signIn === undefined ? {} : { signIn }) };
  return { kind: 'bearer', person, clientId, ...ofToken };
}
