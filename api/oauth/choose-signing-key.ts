import { errors, type JWTStructured, type KoaContextWithOIDC, type ResourceServerInstance } from 'oidc-provider';
import type { Logger } from 'pino';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';
import type { MintSigningKey } from './mint-signing-key.ts';
import type { RequestScopeSource } from './request-scopes.ts';

interface IssuedToken {
  scope?: string | undefined;
  resourceServer?: ResourceServerInstance | undefined;
}

/**
 * The provider's customizer of JWT access tokens: elevated ones are signed by the mint or not at all.
 *
 * Where the mint refuses, the answer is a token with base scopes, honest in its `scope`: a code is consumed by then and
 * could not be tried again, and so is a refresh token that is replaced. Where the mint is down a refresh of a client of
 * our own fails instead, as that loses nothing.
 */
export function chooseSigningKey(options: {
  mintKey: MintSigningKey;
  mintKid: string;
  source: RequestScopeSource;
  logger: Logger;
}) {
  return async (ctx: KoaContextWithOIDC, token: IssuedToken, jwt: JWTStructured): Promise<void> => {
    const scopes = parseScope(token.scope);
    if (!scopes.some(isElevated)) return;
    const sessionId = options.source.known(ctx)?.sessionId;
    if (sessionId !== undefined) jwt.payload['session_id'] = sessionId;
    const sign = { alg: 'ES256', kid: options.mintKid } as const;
    try {
      await options.mintKey.signAhead(signingInput({ alg: sign.alg, typ: 'at+jwt', kid: sign.kid }, jwt.payload));
      if (token.resourceServer !== undefined) token.resourceServer.jwt = { sign };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      options.logger.warn({ code: error.code }, 'the mint signed no elevated token');
      const keepsRefreshToken = isFirstParty(ctx.oidc.client?.clientId) && ctx.oidc.entities.RefreshToken !== undefined;
      if (error.code === 'temporarily_unavailable' && keepsRefreshToken) {
        throw new errors.TemporarilyUnavailable(error.message);
      }
      const base = scopes.filter((scope) => !isElevated(scope)).join(' ');
      token.scope = base;
      jwt.payload['scope'] = base;
      delete jwt.payload['session_id'];
    }
  };
}

/** Exactly what the provider will ask to be signed: its header and claims in this order (RFC 7515 section 5.1). */
function signingInput(header: object, payload: object): string {
  return [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
