import type { IncomingHttpHeaders } from 'node:http';
import type { Response } from 'express';
import {
  endAccountSession,
  findAccountSession,
  insertAccountSession,
  newSessionSecret,
  sessionIdOf,
} from '../../activities/store/account-sessions.ts';
import { endClientSignIns } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { announce } from '../../activities/store/events.ts';
import { findPerson, type Account } from '../../activities/store/people.ts';
import { appCookie } from '../http/cookies.ts';

/** The living sign-in of a browser. */
export interface BrowserSession {
  sessionId: string;
  person: Account;
  authenticatedAt: Date;
  expiresAt: Date;
}

/** Our own sessions: the sign-in of the auth server, which the OAuth provider's follows. */
export interface BrowserSessions {
  readonly cookieName: string;
  /** Whose browser this is, if anybody is signed in and the account is not disabled. */
  find(request: { headers: IncomingHttpHeaders }): Promise<BrowserSession | undefined>;
  /** Signs a person in; what the browser was signed in as before ends. */
  begin(request: { headers: IncomingHttpHeaders }, response: Response, person: Account): Promise<string>;
  /** Takes the cookie back. */
  forget(response: Response): void;
  /** Whether the session of that id is still alive. */
  isAlive(sessionId: string): Promise<boolean>;
}

const lifetimeSeconds = 7 * 24 * 60 * 60;

/** @param options.secure whether people reach us over https. */
export function createBrowserSessions(options: { db: Db; secure: boolean; now: () => Date }): BrowserSessions {
  const { db, now } = options;
  const cookie = appCookie('countersign_auth', { secure: options.secure });
  /**
   * Ends the browser's earlier sign-in, and tells the streams that were opened with it. Where somebody else signs in, it is
   * left for good: what clients got from it ends too.
   */
  const endBefore = async (sessionId: string, next: Account): Promise<void> => {
    const session = await findAccountSession(db, sessionId, now());
    if (session === undefined) return;
    await db.transaction().execute(async (trx) => {
      await endAccountSession(trx, sessionId, now());
      if (session.subject !== next.subject)
        await endClientSignIns(trx, { accountSessionId: sessionId }, now(), 'somebody_else_signed_in');
      await announce(trx, { kind: 'sign_out', id: session.subject, subject: session.subject });
    });
  };
  return {
    cookieName: cookie.name,
    find: async (request) => {
      const secret = cookie.read(request);
      if (secret === undefined) return undefined;
      const session = await findAccountSession(db, sessionIdOf(secret), now());
      if (session === undefined) return undefined;
      const person = await findPerson(db, session.subject);
      if (person === undefined || person.disabled) return undefined;
      return {
        sessionId: session.session_id,
        person,
        authenticatedAt: session.authenticated_at,
        expiresAt: session.expires_at,
      };
    },
    begin: async (request, response, person) => {
      const before = cookie.read(request);
      if (before !== undefined) await endBefore(sessionIdOf(before), person);
      const { secret, sessionId } = newSessionSecret();
      const authenticatedAt = now();
      const expiresAt = new Date(authenticatedAt.getTime() + lifetimeSeconds * 1_000);
      await insertAccountSession(db, { sessionId, subject: person.subject, authenticatedAt, expiresAt });
      cookie.write(response, secret, lifetimeSeconds);
      return sessionId;
    },
    forget: (response) => {
      cookie.clear(response);
    },
    isAlive: async (sessionId) => (await findAccountSession(db, sessionId, now())) !== undefined,
  };
}
