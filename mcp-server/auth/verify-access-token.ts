import { importJWK, jwtVerify, type CryptoKey, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';
import type { TrustedKey } from '../options.ts';

/** The claims that count, of a token whose signature, issuer, audience, type and lifetime are right. */
export interface VerifiedToken {
  subject: string;
  clientId: string;
  jti: string;
  scopes: readonly string[];
  /** Seconds since the epoch. */
  issuedAt: number;
  /** Seconds since the epoch. */
  expiresAt: number;
  /** The sign-in that it belongs to, of tokens that belong to one. */
  signIn: string | undefined;
}

/** Tokens whose signature has been verified, in memory only. */
const mostRemembered = 1_000;

/** The token is not good here; `message` says why without quoting it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/**
 * A function that verifies JWT access tokens (RFC 9068) with keys known beforehand.
 *
 * The returned function throws {@link TokenRefused} for every token that is not good.
 */
export async function accessTokenVerifier(options: {
  issuer: string;
  resource: string;
  keys: readonly TrustedKey[];
}): Promise<(token: string) => Promise<VerifiedToken>> {
  const keys = await importKeys(options.keys);
  const keyOf: JWTVerifyGetKey = ({ kid }) => {
    const known = kid === undefined ? undefined : keys.get(kid);
    if (known === undefined) throw new TokenRefused('The token is signed by an unknown key.');
    return known.key;
  };
  const verify = async (token: string): Promise<VerifiedToken> => {
    const { payload, protectedHeader } = await verified(token, keyOf, options);
    const { sub, client_id: clientId, jti, scope, iat, exp, sid } = payload;
    if (
      typeof sub !== 'string' ||
      typeof clientId !== 'string' ||
      typeof jti !== 'string' ||
      typeof scope !== 'string' ||
      iat === undefined ||
      exp === undefined ||
      (sid !== undefined && typeof sid !== 'string')
    ) {
      throw new TokenRefused('The token has claims of the wrong type.');
    }
    requireSingleAudience(payload, options.resource);
    const scopes = [...new Set(parseScope(scope))];
    if (keys.get(protectedHeader.kid ?? '')?.ceiling !== 'elevated' && scopes.some(isElevated)) {
      throw new TokenRefused('The token holds scopes that its key may not sign.');
    }
    return { subject: sub, clientId, jti, scopes, issuedAt: iat, expiresAt: exp, signIn: sid };
  };
  // What a token says never changes, and the keys are those of the start: only its end is looked at again.
  const good = new LRUCache<string, VerifiedToken>({ max: mostRemembered });
  return async (token) => {
    const known = good.get(token);
    if (known !== undefined && known.expiresAt > Date.now() / 1_000) return known;
    good.delete(token);
    const fresh = await verify(token);
    good.set(token, fresh);
    return fresh;
  };
}

async function importKeys(
  trusted: readonly TrustedKey[],
): Promise<Map<string, { key: CryptoKey; ceiling: TrustedKey['ceiling'] }>> {
  const keys = new Map<string, { key: CryptoKey; ceiling: TrustedKey['ceiling'] }>();
  for (const { jwk, ceiling } of trusted) {
    if (jwk.kid === undefined) throw new TypeError('A trusted key needs a kid.');
    if (keys.has(jwk.kid)) throw new TypeError('Two trusted keys have the same kid.');
    if (jwk.d !== undefined) throw new TypeError('A resource server takes public keys only.');
    const key = await importJWK(jwk, 'ES256');
    if (key instanceof Uint8Array) throw new TypeError('A trusted key must be an ES256 key.');
    keys.set(jwk.kid, { key, ceiling });
  }
  return keys;
}

async function verified(
  token: string,
  keyOf: JWTVerifyGetKey,
  options: { issuer: string; resource: string },
): ReturnType<typeof jwtVerify> {
  try {
    return await jwtVerify(token, keyOf, {
      issuer: options.issuer,
      audience: options.resource,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'client_id', 'jti', 'scope', 'exp', 'iat'],
    });
  } catch (error) {
    if (error instanceof TokenRefused) throw error;
    // With keys at hand there is nothing that fails but the token itself; jose's messages quote claim names only.
    throw new TokenRefused(reasonOf(error), { cause: error });
  }
}

/** Access tokens name one resource (RULES 10): one that is good elsewhere too is not good here. */
function requireSingleAudience({ aud }: JWTPayload, resource: string): void {
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? []);
  if (audiences.length !== 1 || audiences[0] !== resource)
    throw new TokenRefused('The token is for more than this resource.');
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return 'The token has expired.';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return 'The token has a claim that is missing or not meant for this resource.';
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'The signature of the token is wrong.';
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'The algorithm of the token is not allowed.';
    default:
      return 'The token is malformed.';
  }
}
