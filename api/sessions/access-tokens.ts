import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import { z } from 'zod';
import { notSignedIn } from './caller.ts';

/** What an access token for this API says (RFC 9068 section 2.2). */
export interface ApiToken {
  subject: string;
  clientId: string;
  jti: string;
  expiresAt: Date;
}

const claimsSchema = z.object({ sub: z.string(), client_id: z.string(), jti: z.string(), exp: z.number() });

/**
 * Verifies bearer tokens for this API and no other resource (RULES 10).
 *
 * @param options.publicKeys of the base key and of the mint; nothing is fetched.
 * @returns a function that throws {@link DomainError} `not_signed_in` for anything that is not such a token.
 */
export function accessTokenVerifier(options: {
  issuer: string;
  audience: string;
  publicKeys: readonly JWK[];
  now: () => Date;
}): (token: string) => Promise<ApiToken> {
  const keys = createLocalJWKSet({ keys: [...options.publicKeys] });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        currentDate: options.now(),
      });
      // RFC 9068 allows several audiences; ours name one resource (RULES 10).
      if (Array.isArray(payload.aud)) throw notSignedIn();
      const claims = claimsSchema.parse(payload);
      return {
        subject: claims.sub,
        clientId: claims.client_id,
        jti: claims.jti,
        expiresAt: new Date(claims.exp * 1_000),
      };
    } catch {
      throw notSignedIn();
    }
  };
}
