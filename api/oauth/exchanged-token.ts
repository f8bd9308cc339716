import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { MintClient } from '../../activities/mint/mint-client.ts';
import { longestLived } from '../../activities/mint/sign-token.ts';
import type { HeldScope } from '../../activities/store/grants.ts';
import { mcpServerClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';

/** Seconds. The MCP server uses such a token at once. */
const maxExchangedTokenSeconds = 60;

/** What {@link exchangedToken} signs with. */
export interface ExchangedTokenDeps {
  issuer: string;
  apiResource: string;
  basePrivateJwk: JWK;
  mintPublicJwk: JWK;
  mint: Pick<MintClient, 'sign'>;
  now: () => Date;
}

/** A signed token and what was put into it. */
export interface ExchangedToken {
  token: string;
  jti: string;
  scopes: readonly string[];
  issuedAt: Date;
  expiresAt: Date;
}

/**
 * A token for the API of the same person, client and sign-in, which says that the MCP server uses it (`act`, RFC 8693 section
 * 4.1). It ends with the token it was exchanged for, with the first of its grants, or after a minute. The mint signs
 * elevated ones; where it refuses, the token is one without them, honest in its scope (RULES 12).
 *
 * @throws {DomainError} `temporarily_unavailable` when the mint is needed and down.
 */
export async function exchangedToken(
  deps: ExchangedTokenDeps,
  of: {
    subject: string;
    clientId: string;
    signIn: string | undefined;
    endsAt: Date;
    scopes: readonly string[];
    held: readonly HeldScope[];
  },
): Promise<ExchangedToken> {
  const iat = Math.floor(deps.now().getTime() / 1_000);
  const issue = async (scopes: readonly string[]): Promise<ExchangedToken> => {
    const elevated = scopes.filter(isElevated);
    const ends = [of.endsAt, ...elevated.map((scope) => longestLived(of.held, scope)?.expiresAt ?? new Date(0))];
    const exp = Math.min(iat + maxExchangedTokenSeconds, ...ends.map((end) => Math.floor(end.getTime() / 1_000)));
    const claims = {
      iss: deps.issuer,
      aud: deps.apiResource,
      sub: of.subject,
      client_id: of.clientId,
      act: { sub: mcpServerClientId },
      ...(of.signIn === undefined ? {} : { sid: of.signIn }),
      scope: scopes.join(' '),
      jti: randomUUID(),
      iat,
      exp,
    };
    return {
      token: await (elevated.length > 0 ? signedByMint(deps, claims) : signedByBaseKey(deps, claims)),
      jti: claims.jti,
      scopes,
      issuedAt: new Date(iat * 1_000),
      expiresAt: new Date(exp * 1_000),
    };
  };
  try {
    return await issue(of.scopes);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'insufficient_scope') throw error;
    return issue(of.scopes.filter((scope) => !isElevated(scope)));
  }
}

async function signedByMint(deps: ExchangedTokenDeps, claims: object): Promise<string> {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: deps.mintPublicJwk.kid };
  const signingInput = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signingInput}.${Buffer.from(await deps.mint.sign(signingInput)).toString('base64url')}`;
}

async function signedByBaseKey(deps: ExchangedTokenDeps, claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: deps.basePrivateJwk.kid ?? '' })
    .sign(await importJWK(deps.basePrivateJwk, 'ES256'));
}
