import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import * as oauth from 'openid-client';

/** A client's key, and proofs that it holds it (RFC 9449). */
export interface DpopKey {
  jkt: string;
  jwk: JWK;
  privateKey: CryptoKey;
  /** With it the client asks for tokens that are bound to the key. */
  handleOf(client: oauth.Configuration): oauth.DPoPHandle;
  /** A good proof for this request, but for what is changed. */
  proof(
    of: { method?: string; url: string; token: string },
    changes?: { claims?: Record<string, unknown>; header?: Record<string, unknown>; key?: CryptoKey },
  ): Promise<string>;
}

/** Makes one. */
export async function newDpopKey(): Promise<DpopKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    privateKey,
    handleOf: (client) => oauth.getDPoPHandle(client, { privateKey, publicKey }),
    jkt: await calculateJwkThumbprint(jwk),
    proof: ({ method = 'POST', url, token }, { claims = {}, header = {}, key = privateKey } = {}) =>
      new SignJWT({
        jti: randomUUID(),
        iat: Math.floor(Date.now() / 1_000),
        htm: method,
        htu: url,
        ath: createHash('sha256').update(token).digest('base64url'),
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
        .sign(key),
  };
}
