import type { AuthInfo } from '@modelcontextprotocol/server';
import type { KnownPerson } from '../ports.ts';

/** Whoever presented a valid access token, and what the token says. */
export class Caller {
  readonly person: KnownPerson;
  readonly clientId: string;
  readonly jti: string;
  /** As signed; whether the elevated ones are alive is asked at each call. */
  readonly tokenScopes: readonly string[];

  constructor(person: KnownPerson, token: { clientId: string; jti: string; scopes: readonly string[] }) {
    this.person = person;
    this.clientId = token.clientId;
    this.jti = token.jti;
    this.tokenScopes = token.scopes;
  }
}

/** The caller that {@link authenticate} attached. @throws when there is none, which is a wiring mistake. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo?.extra?.['caller'];
  if (!(caller instanceof Caller)) throw new Error('The request was not authenticated.');
  return caller;
}
