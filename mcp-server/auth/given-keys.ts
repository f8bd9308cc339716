import { importJWK, type CryptoKey } from 'jose';
import type { TrustedKey } from '../options.ts';
import { TokenRefused, type SigningKeys } from './verify-access-token.ts';

/**
 * Keys known beforehand: none is fetched.
 *
 * @throws {TypeError} when one is not a public ES256 key with its own kid.
 */
export async function givenKeys(trusted: readonly TrustedKey[]): Promise<SigningKeys> {
  const keys = await importKeys(trusted);
  return {
    keyOf: ({ kid }) => {
      const known = kid === undefined ? undefined : keys.get(kid);
      if (known === undefined) throw new TokenRefused('The token is signed by an unknown key.');
      return known.key;
    },
    maySignElevated: (kid) => keys.get(kid)?.ceiling === 'elevated',
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
