import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { KnownPerson, LiveScope, Standing } from '../ports.ts';

/** Whoever presented a valid access token, what the token says, and what of it held when the request was let in. */
export class Caller {
  readonly person: KnownPerson;
  readonly policy: Policy;
  /** The elevated scopes that the token carries and whose grants are alive; in band, all that its client holds here. */
  readonly held: readonly LiveScope[];
  readonly clientId: string;
  readonly jti: string;
  /** The client gets its refusals in the results of tools. */
  readonly inBand: boolean;
  /** As signed. */
  readonly tokenScopes: readonly string[];

  constructor(standing: Standing, token: { clientId: string; jti: string; scopes: readonly string[] }) {
    const { person, policy, live, inBand } = standing;
    this.person = person;
    this.policy = policy;
    this.held = [
      ...live.filter(({ scope }) => token.scopes.includes(scope)),
      ...(inBand?.live ?? []).filter(({ scope }) => policy.scopes[scope]?.resource === 'mcp'),
    ];
    this.inBand = inBand !== undefined;
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
