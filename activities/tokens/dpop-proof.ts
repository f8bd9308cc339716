import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWTVerifyResult } from 'jose';
import { LRUCache } from 'lru-cache';

/** How a proof may be signed; the authorization server takes the same. */
export const dpopAlgorithms: ('ES256' | 'Ed25519' | 'EdDSA')[] = ['ES256', 'Ed25519', 'EdDSA'];

/** Seconds that a proof's time may differ from ours: clocks, and a slow network. */
const windowSeconds = 60;

/** Proofs of the window that are remembered. Above it the oldest go, which the window bounds as well. */
const mostRemembered = 100_000;

const longestProof = 4_096;

/** The proof does not show that whoever sends this request holds the token's key; `message` says why. */
export class ProofRefused extends Error {
  override readonly name = 'ProofRefused';
}

/** A request with a token that is bound to a key. */
export interface ProvenRequest {
  method: string;
  /** The address as clients know it; its query and fragment do not count. */
  url: string;
  token: string;
  /** The thumbprint of the key that the token is bound to (`cnf.jkt`). */
  jkt: string;
}

/** What an `Authorization` header presents; undefined for anything but a bearer or DPoP token. */
export function presentedToken(header: string | undefined): { scheme: 'Bearer' | 'DPoP'; token: string } | undefined {
  // The scheme's name is case-insensitive (RFC 9110 section 11.1).
  const [, scheme = '', token = ''] = /^(Bearer|DPoP) +([\w.~+/-]+=*)$/i.exec(header ?? '') ?? [];
  if (token === '') return undefined;
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

/** @param proof the only one that came */
export type CheckProof = (proof: string | readonly string[] | undefined, of: ProvenRequest) => Promise<void>;

/**
 * Checks proofs of possession (RFC 9449 section 4.3) for a resource server: signed by the very key that the token is bound
 * to, made for this method, address and token, now, and never seen before. What was seen is remembered in memory, each
 * process for itself. With jose, as the libraries that check whole requests fetch keys and verify the token once more.
 *
 * @returns a function that throws {@link ProofRefused}.
 */
export function dpopProofs(now: () => Date = () => new Date()): CheckProof {
  const seen = new LRUCache<string, true>({ max: mostRemembered, ttl: 2 * windowSeconds * 1_000 });
  return async (proof, of) => {
    if (typeof proof !== 'string' || proof.length > longestProof) {
      throw new ProofRefused('The token is bound to a key: exactly one DPoP proof has to come with it.');
    }
    const { payload, protectedHeader } = await verified(proof, now());
    const { jti, iat, htm, htu, ath } = payload;
    if (typeof jti !== 'string' || jti.length > 256) throw new ProofRefused('The proof has no id.');
    if (iat === undefined || Math.abs(now().getTime() / 1_000 - iat) > windowSeconds) {
      throw new ProofRefused('The proof is not of this minute.');
    }
    if (htm !== of.method) throw new ProofRefused('The proof is for another method.');
    if (typeof htu !== 'string' || addressOf(htu) !== addressOf(of.url)) {
      throw new ProofRefused('The proof is for another address.');
    }
    if (ath !== createHash('sha256').update(of.token).digest('base64url')) {
      throw new ProofRefused('The proof is for another token.');
    }
    const { jwk } = protectedHeader;
    if (jwk === undefined || (await calculateJwkThumbprint(jwk)) !== of.jkt) {
      throw new ProofRefused('The proof is by another key than the one that the token is bound to.');
    }
    const id = createHash('sha256').update(`${of.jkt} ${jti}`).digest('base64url');
    if (seen.has(id)) throw new ProofRefused('The proof has been used before.');
    seen.set(id, true);
  };
}

async function verified(proof: string, now: Date): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: dpopAlgorithms,
      clockTolerance: windowSeconds,
      currentDate: now,
      requiredClaims: ['jti', 'iat', 'htm', 'htu', 'ath'],
    });
  } catch (cause) {
    throw new ProofRefused('The proof is not one, or is not signed by the key in it.', { cause });
  }
}

/** Without query and fragment, in one spelling (RFC 9449 section 4.3, RFC 3986 section 6.2). */
function addressOf(address: string): string | undefined {
  const url = URL.parse(address);
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}
