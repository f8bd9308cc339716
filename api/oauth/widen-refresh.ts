import type { KoaContextWithOIDC } from 'oidc-provider';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { ownResources, type OwnIdentifiers } from '../../workflows/domain/resources.ts';
import { heldFor, type RequestScopeSource } from './request-scopes.ts';

/**
 * The provider's `rotateRefreshToken` hook, which runs before a refresh is answered: lets a first-party refresh token
 * fetch what has been granted since it was issued. Nothing of it is stored; each refresh looks anew. Other clients keep
 * the scopes that they asked for.
 *
 * @returns whether the refresh token is replaced: other clients can be public, so it is (RFC 9700 section 4.14.2). The chat
 * is a confidential client, and a crash between rotating and storing would lose its session (RULES 12).
 */
export function widenRefresh(identifiers: OwnIdentifiers, source: RequestScopeSource) {
  return async (ctx: KoaContextWithOIDC): Promise<boolean> => {
    const { RefreshToken: token, Grant: grant } = ctx.oidc.entities;
    if (!isFirstParty(ctx.oidc.client?.clientId)) return true;
    if (token === undefined || grant === undefined) return false;
    const scopes = await source.of(ctx);
    const names = new Set(token.scopes);
    for (const resource of ownResources) {
      const held = heldFor(scopes, resource);
      grant.addResourceScope(identifiers[resource], held.join(' '));
      for (const scope of held) names.add(scope);
    }
    token.scope = [...names].join(' ');
    return false;
  };
}
