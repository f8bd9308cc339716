import type { AuthInfo } from '@modelcontextprotocol/server';
import { JudgedOnce } from './judged-call.ts';
import type { CallRules, KnownPerson, LiveScope, Standing } from '../ports.ts';

/** Whoever presented a valid access token, what the token says, and what of it held when the request was let in. */
export class Caller {
  readonly person: KnownPerson;
  readonly rules: CallRules;
  /** The elevated scopes that the token carries and whose grants are alive; in band, all that its client holds here. */
  readonly held: readonly LiveScope[];
  readonly clientId: string;
  readonly jti: string;
  /** The client gets its refusals in the results of tools. */
  readonly inBand: boolean;
  /** Where its token comes from, by which it is asked after again. */
  readonly origin: { subject: string; clientId: string; issuedAt: Date; signIn: string | undefined };
  /** The call of this request, where it was judged as the caller was asked about. */
  readonly judged: JudgedOnce | undefined;
  /** As signed. */
  readonly tokenScopes: readonly string[];
  /** Presented to the authority with every further question; no property, so that nothing logs it. */
  readonly #token: string;

  /** @param token.issuedAt seconds since the epoch; without it the token counts as older than any sign-out. */
  constructor(
    standing: Standing,
    token: {
      clientId: string;
      jti: string;
      scopes: readonly string[];
      issuedAt?: number;
      signIn?: string | undefined;
    },
    text: string,
  ) {
    const { person, rules, live, inBand, call } = standing;
    this.person = person;
    this.rules = rules;
    this.held = [...live.filter(({ scope }) => token.scopes.includes(scope)), ...(inBand?.live ?? [])];
    this.inBand = inBand !== undefined;
    this.clientId = token.clientId;
    this.jti = token.jti;
    this.origin = {
      subject: person.subject,
      clientId: token.clientId,
      issuedAt: new Date((token.issuedAt ?? 0) * 1_000),
      signIn: token.signIn,
    };
    this.judged = call && new JudgedOnce(call);
    this.tokenScopes = token.scopes;
    this.#token = text;
  }

  /** The access token itself. */
  token(): string {
    return this.#token;
  }
}

/** The caller that {@link letIn} attached. @throws when there is none, which is a wiring mistake. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo?.extra?.['caller'];
  if (!(caller instanceof Caller)) throw new Error('The request was not authenticated.');
  return caller;
}
