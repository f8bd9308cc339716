import { errors, type JWTStructured, type KoaContextWithOIDC } from 'oidc-provider';
import { useClientSignIn } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';

interface IssuedToken {
  accountId?: string | undefined;
  clientId?: string | undefined;
  grantId?: string | undefined;
}

/**
 * Puts the sign-in that an access token belongs to into it as `sid`, before the key is chosen: resource servers refuse
 * the token once that has ended. Nothing is issued for one that has.
 *
 * @throws {errors.InvalidGrant} for one that has ended
 */
export function nameTheSignIn<Token>(
  deps: { db: Db; now: () => Date },
  next: (ctx: KoaContextWithOIDC, token: Token, jwt: JWTStructured) => Promise<void>,
) {
  return async (ctx: KoaContextWithOIDC, token: IssuedToken & Token, jwt: JWTStructured): Promise<void> => {
    const { accountId: subject, clientId, grantId } = token;
    if (subject !== undefined && clientId !== undefined && grantId !== undefined) {
      const signIn = await useClientSignIn(deps.db, { subject, clientId, grantId }, deps.now());
      if (signIn === undefined) throw new errors.InvalidGrant('the sign-in has ended');
      jwt.payload['sid'] = signIn;
    }
    await next(ctx, token, jwt);
  };
}
