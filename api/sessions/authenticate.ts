import type { Request, RequestHandler, Response } from 'express';
import { hasTokenEnded } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPerson } from '../../activities/store/people.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { presentedToken, ProofRefused, type CheckProof } from '../../activities/tokens/dpop-proof.ts';
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
  checkProof: CheckProof;
  /** The address of this server, as clients know it. */
  issuer: string;
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
  const presented = presentedToken(request.headers.authorization);
  if (presented === undefined) throw notSignedIn();
  const verified = await deps.verifyToken(presented.token);
  const { subject, clientId, scopes, jti, issuedAt, expiresAt, signIn, jkt } = verified;
  await requireProof(deps, request, presented, jkt);
  const person = await findPerson(deps.db, subject);
  if (person === undefined || person.disabled) throw notSignedIn();
  if (await isClientBlocked(deps.db, clientId)) {
    throw new DomainError('client_blocked', `An admin has blocked the client ${clientId}: it may do nothing here.`);
  }
  if (await hasTokenEnded(deps.db, { subject, clientId, issuedAt, signIn })) throw notSignedIn();
  const mayDecide =
    scopes.includes(decidingScope) &&
    (await heldScopes(deps.db, { subject, clientId }, deps.now())).includes(decidingScope);
  const bound = { ...(signIn === undefined ? {} : { signIn }), ...(jkt === undefined ? {} : { jkt }) };
  const ofToken = { issuedAt, expiresAt, scopes, jti, mayDecide, ...bound };
  return { kind: 'bearer', person, clientId, ...ofToken };
}

/** A token that is bound to a key is nothing without a proof of it, and only such a one comes with a proof (RFC 9449). */
async function requireProof(
  deps: AuthenticateDeps,
  request: Request,
  { scheme, token }: { scheme: 'Bearer' | 'DPoP'; token: string },
  jkt: string | undefined,
): Promise<void> {
  if ((jkt === undefined) !== (scheme === 'Bearer')) {
    throw new DomainError('not_signed_in', 'A token that is bound to a key is sent as DPoP, any other as Bearer.');
  }
  if (jkt === undefined) return;
  const url = new URL(request.originalUrl, deps.issuer).href;
  const proofs = request.headersDistinct['dpop'] ?? [];
  try {
    await deps.checkProof(proofs.length === 1 ? proofs[0] : undefined, { method: request.method, url, token, jkt });
  } catch (error) {
    if (error instanceof ProofRefused) throw new DomainError('not_signed_in', error.message);
    throw error;
  }
}
