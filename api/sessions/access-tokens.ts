import { createLocalJWKSet, errors, jwtVerify, type JWK } from 'jose';
import { z } from 'zod';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';
import { notSignedIn } from './caller.ts';

/** What an access token for this API says (RFC 9068 section 2.2). */
export interface ApiToken {
  subject: string;
  clientId: string;
  scopes: string[];
  jti: string;
  issuedAt: Date;
  expiresAt: Date;
  /** The sign-in that it belongs to. */
  signIn: string | undefined;
  /** The thumbprint of the key that it is bound to (RFC 9449): it is good with a proof only. */
  jkt: string | undefined;
}

const claimsSchema = z.object({
  sub: z.string(),
  client_id: z.string(),
  jti: z.string(),
  scope: z.string(),
  iat: z.number(),
  exp: z.number(),
  sid: z.string().optional(),
  // Bound in another way it would take a proof that nobody checks.
  cnf: z.strictObject({ jkt: z.string() }).optional(),
});

/** The token is genuine and yet not good here. */
class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/**
 * Verifies bearer tokens for this API and no other resource (RULES 10).
 *
 * @param options.baseKey may sign base scopes only; `options.mintKey` signs elevated ones (RULES 12). Both are public
 * keys: nothing is fetched.
 * @param options.onRefused told why a token is not good, without a word of the token.
 * @returns a function that throws {@link DomainError} `not_signed_in` for anything that is not such a token.
 */
export function accessTokenVerifier(options: {
  issuer: string;
  audience: string;
  baseKey: JWK;
  mintKey: JWK;
  now: () => Date;
  onRefused: (reason: string) => Promise<void>;
}): (token: string) => Promise<ApiToken> {
  const keys = createLocalJWKSet({ keys: [options.baseKey, options.mintKey] });
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        currentDate: options.now(),
      });
      // RFC 9068 allows several audiences; ours name one resource (RULES 10).
      if (Array.isArray(payload.aud)) throw new TokenRefused('more than one audience');
      const claims = claimsSchema.parse(payload);
      if (protectedHeader.kid !== options.mintKey.kid && parseScope(claims.scope).some(isElevated))
        throw new TokenRefused('scopes that its key may not sign');
      return {
        subject: claims.sub,
        clientId: claims.client_id,
        scopes: parseScope(claims.scope),
        jti: claims.jti,
        issuedAt: new Date(claims.iat * 1_000),
        expiresAt: new Date(claims.exp * 1_000),
        signIn: claims.sid,
        jkt: claims.cnf?.jkt,
      };
    } catch (error) {
      await options.onRefused(reasonOf(error));
      throw notSignedIn();
    }
  };
}

/** Our own words, or the stable code of jose: its messages could quote a claim. */
function reasonOf(error: unknown): string {
  if (error instanceof TokenRefused) return error.message;
  if (error instanceof errors.JOSEError) return error.code;
  return error instanceof z.ZodError ? 'claims of the wrong type' : 'not verifiable';
}
