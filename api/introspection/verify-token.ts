import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';

/** A token of ours for one resource, as its claims say. Times are seconds since the epoch. */
export interface IntrospectedToken {
  subject: string;
  clientId: string;
  audience: string;
  scopes: readonly string[];
  jti: string;
  issuedAt: number;
  expiresAt: number;
  /** The sign-in that it belongs to. */
  signIn: string | undefined;
  actor: { sub: string } | undefined;
  confirmation: Record<string, unknown> | undefined;
}

/** Tokens whose signature has been verified, in memory only. */
const mostRemembered = 1_000;

const claimsSchema = z.object({
  aud: z.string(),
  sub: z.string(),
  client_id: z.string(),
  jti: z.string(),
  scope: z.string(),
  iat: z.int(),
  exp: z.int(),
  sid: z.string().optional(),
  act: z.object({ sub: z.string() }).optional(),
  cnf: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Makes a function that reads a token for one audience (RULES 10). What is not such a token, for whatever reason, is
 * undefined: whoever asks learns nothing more (RFC 7662 section 2.2).
 */
export function tokenReader(options: {
  issuer: string;
  baseKey: JWK;
  mintKey: JWK;
  now: () => Date;
}): (token: string, audience: string) => Promise<IntrospectedToken | undefined> {
  const keys = createLocalJWKSet({ keys: [options.baseKey, options.mintKey] });
  const read = async (token: string, audience: string): Promise<IntrospectedToken | undefined> => {
    const verified = await jwtVerify(token, keys, {
      issuer: options.issuer,
      audience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: options.now(),
    }).catch(() => undefined);
    const claims = claimsSchema.safeParse(verified?.payload);
    if (!claims.success) return undefined;
    const { aud, sub, client_id: clientId, jti, scope, iat, exp, sid, act, cnf } = claims.data;
    const scopes = [...new Set(parseScope(scope))];
    // The base key may sign base scopes only (RULES 12).
    if (verified?.protectedHeader.kid !== options.mintKey.kid && scopes.some(isElevated)) return undefined;
    return {
      subject: sub,
      clientId,
      audience: aud,
      scopes,
      jti,
      issuedAt: iat,
      expiresAt: exp,
      signIn: sid,
      actor: act,
      confirmation: cnf,
    };
  };
  // A call is asked about more than once. What a token says never changes; its end and its audience are looked at again.
  const good = new LRUCache<string, IntrospectedToken>({ max: mostRemembered });
  return async (token, audience) => {
    const known = good.get(token);
    if (known !== undefined) {
      const over = known.expiresAt <= options.now().getTime() / 1_000;
      return over || known.audience !== audience ? undefined : known;
    }
    const fresh = await read(token, audience);
    if (fresh !== undefined) good.set(token, fresh);
    return fresh;
  };
}
