import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { findConsent } from '../../activities/store/client-consents.ts';
import { beginClientSignIn } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { resourceNamed, type OwnIdentifiers } from '../../workflows/domain/resources.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import { heldFor, type RequestScopeSource } from './request-scopes.ts';

type ProviderGrant = NonNullable<KoaContextWithOIDC['oidc']['grant']>;

/**
 * What a client of our own, or one that the person lets act for them, is granted without being asked about: signing in,
 * staying signed in, and the scopes that are held now. A fresh grant each time, so that each sign-in's refresh token ends
 * alone. The sign-in belongs to the browser's sign-in that it comes of.
 *
 * @throws {errors.LoginRequired} when the person has signed out of the browser, or somebody else has signed in, since the
 * provider looked, or they have taken the client back since then.
 */
export function loadGrant(
  deps: { db: Db; sessions: Pick<BrowserSessions, 'find'>; now: () => Date },
  identifiers: OwnIdentifiers,
  source: RequestScopeSource,
) {
  const { db } = deps;
  return async (ctx: KoaContextWithOIDC): Promise<ProviderGrant | undefined> => {
    const { account, client, provider } = ctx.oidc;
    if (account === undefined || client === undefined) return undefined;
    // First, as it refuses blocked clients: nobody is asked about one.
    const scopes = await source.of(ctx);
    const consent = { subject: account.accountId, clientId: client.clientId };
    const given = isFirstParty(client.clientId) ? { offline: true } : await findConsent(db, consent);
    if (given === undefined) return undefined;
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    grant.addOIDCScope(given.offline ? 'openid offline_access' : 'openid');
    for (const identifier of Object.keys(ctx.oidc.resourceServers ?? {})) {
      const resource = resourceNamed(identifiers, scopes.policy, identifier);
      if (resource !== undefined) grant.addResourceScope(identifier, heldFor(scopes, resource).join(' '));
    }
    // The code refers to it by id.
    const grantId = await grant.save();
    const session = await deps.sessions.find(ctx.req);
    const begun =
      session !== undefined &&
      (await beginClientSignIn(db, { ...consent, grantId, accountSessionId: session.sessionId }, deps.now()));
    if (!begun) {
      await grant.destroy();
      throw new errors.LoginRequired('the sign-in has ended');
    }
    return grant;
  };
}
