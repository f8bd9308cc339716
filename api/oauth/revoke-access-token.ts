import { createLocalJWKSet, jwtVerify } from 'jose';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { z } from 'zod';
import { endClientSignIns } from '../../activities/store/client-sign-ins.ts';
import type { OAuthDeps } from './options.ts';
import { publicJwk } from './public-jwk.ts';
import { oauthRoutes } from './routes.ts';

const claimsSchema = z.object({ sub: z.string(), client_id: z.string(), sid: z.string() });

/**
 * Lets a client end a token that leaked by the token itself (RFC 7009), also where it has no refresh token: the sign-in that
 * it belongs to ends with all that came of it. The provider refuses tokens that say what they are; it has authenticated
 * the client before. What is no token of that client ends nothing, and is answered alike.
 */
export function revokeAccessTokens(provider: Provider, deps: OAuthDeps): void {
  const keys = createLocalJWKSet({ keys: [publicJwk(deps.basePrivateJwk), publicJwk(deps.mintPublicJwk)] });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== oauthRoutes.revocation || ctx.method !== 'POST' || !isRefusedAsStructured(ctx.body)) return;
    const { client, params } = (ctx as unknown as KoaContextWithOIDC).oidc;
    const token: unknown = params?.['token'];
    if (client === undefined || typeof token !== 'string') return;
    const verified = await jwtVerify(token, keys, {
      issuer: deps.issuer,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: deps.now(),
    }).catch(() => undefined);
    const claims = claimsSchema.safeParse(verified?.payload).data;
    if (claims !== undefined && claims.client_id === client.clientId) {
      const which = { signInId: claims.sid, subject: claims.sub, clientId: claims.client_id };
      await deps.db.transaction().execute((trx) => endClientSignIns(trx, which, deps.now(), 'revoked_by_client'));
    }
    ctx.status = 200;
    ctx.body = '';
  });
}

function isRefusedAsStructured(body: unknown): boolean {
  return z.object({ error: z.literal('unsupported_token_type') }).safeParse(body).success;
}
