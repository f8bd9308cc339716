import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';

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
  /** The thumbprint of the key that it is bound to (RFC 9449), of tokens that are bound to one. */
  jkt: string | undefined;
}

/** The keys cannot be had right now, which is no fault of the token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The keys that may sign access tokens. */
export interface SigningKeys {
  /** @throws {TokenRefused} for a key that is not one of them @throws {KeysUnavailable} */
  keyOf: JWTVerifyGetKey;
  /** Whether a key may sign more than base scopes (RULES 12). */
  maySignElevated(kid: string): boolean;
}

/** Tokens whose signature has been verified, in memory only. */
const mostRemembered = 1_000;

/** The token is not good here; `message` says why without quoting it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/**
 * A function that verifies JWT access tokens (RFC 9068) for one resource.
 *
 * The returned function throws {@link TokenRefused} for every token that is not good, {@link KeysUnavailable} when nothing
 * can be said about it.
 */
export function accessTokenVerifier(options: {
  issuer: string;
  resource: string;
  keys: SigningKeys;
}): (token: string) => Promise<VerifiedToken> {
  const { keys } = options;
  const verify = async (token: string): Promise<VerifiedToken> => {
    const { payload, protectedHeader } = await verified(token, options);
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
    if (!keys.maySignElevated(protectedHeader.kid ?? '') && scopes.some(isElevated)) {
      throw new TokenRefused('The token holds scopes that its key may not sign.');
    }
    return { subject: sub, clientId, jti, scopes, issuedAt: iat, expiresAt: exp, signIn: sid, jkt: boundTo(payload) };
  };
  // What a token says never changes, and its key was one of ours: only its end is looked at again.
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

/** Bound in another way than by DPoP it takes a proof that nobody looks at here. */
function boundTo({ cnf }: JWTPayload): string | undefined {
  if (cnf === undefined) return undefined;
  const jkt = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
  if (typeof jkt !== 'string') throw new TokenRefused('The token is bound to a key in a way that is not checked here.');
  return jkt;
}

async function verified(
  token: string,
  options: { issuer: string; resource: string; keys: SigningKeys },
): ReturnType<typeof jwtVerify> {
  try {
    return await jwtVerify(token, options.keys.keyOf, {
      issuer: options.issuer,
      audience: options.resource,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'client_id', 'jti', 'scope', 'exp', 'iat'],
    });
  } catch (error) {
    if (error instanceof TokenRefused || error instanceof KeysUnavailable) throw error;
    // jose's messages quote claim names only.
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
