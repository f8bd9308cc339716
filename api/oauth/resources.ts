import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import { resourceNamed, type OwnIdentifiers } from '../../workflows/domain/resources.ts';
import { allScopesOf, heldFor, type RequestScopeSource } from './request-scopes.ts';

/**
 * Describes a resource to the provider. When a token is issued its scopes are what the person holds now, which narrows
 * the token whatever the code or refresh token once said; before that they are all there are.
 */
export function resourceServerInfo(identifiers: OwnIdentifiers, source: RequestScopeSource, baseKid: string) {
  return async (ctx: KoaContextWithOIDC, identifier: string): Promise<ResourceServer> => {
    const scopes = await source.of(ctx);
    const resource = resourceNamed(identifiers, scopes.policy, identifier);
    if (resource === undefined) throw new errors.InvalidTarget();
    const names = ctx.oidc.route === 'token' ? heldFor(scopes, resource) : allScopesOf(scopes.policy, resource);
    return {
      scope: names.join(' '),
      audience: identifier,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: 'ES256', kid: baseKid } },
    };
  };
}

/** Without a `resource` parameter the tools are meant, or the first that was granted. */
export function defaultResource(identifiers: OwnIdentifiers) {
  return (_ctx: KoaContextWithOIDC, _client: unknown, oneOf?: readonly string[]): string =>
    oneOf?.[0] ?? identifiers.mcp;
}
