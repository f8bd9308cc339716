import { createRemoteJWKSet, errors } from 'jose';
import { KeysUnavailable, TokenRefused, type SigningKeys } from '../auth/verify-access-token.ts';
import type { AuthServer } from './auth-server.ts';

/** Ten minutes; an unknown key id fetches them sooner, but not more often than every half minute. */
const keptForMs = 10 * 60 * 1_000;

/** The authorization server's published keys, kept in memory. */
export function remoteKeys(server: () => Promise<AuthServer>): SigningKeys {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  return {
    keyOf: async (header, token) => {
      // Without it any of several keys might have signed; ours all name theirs.
      if (typeof header.kid !== 'string' || header.kid === '')
        throw new TokenRefused('The token does not say which key signed it.');
      try {
        keys ??= createRemoteJWKSet((await server()).jwksUri, { cacheMaxAge: keptForMs });
        return await keys(header, token);
      } catch (cause) {
        if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
          throw new TokenRefused('The token is signed by an unknown key.');
        throw new KeysUnavailable('The keys of the authorization server cannot be fetched right now.', { cause });
      }
    },
    // Which of the keys may sign what is known to the authorization server alone; it is asked about each token.
    maySignElevated: () => true,
  };
}
