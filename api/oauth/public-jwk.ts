import type { JWK } from 'jose';

/** The public members of an ES256 key (RFC 7518 section 6.2.1), whatever else is in the file. */
export function publicJwk({ kty, crv, x, y, kid, alg }: JWK): JWK {
  return Object.fromEntries(Object.entries({ kty, crv, x, y, kid, alg }).filter(([, value]) => value !== undefined));
}
