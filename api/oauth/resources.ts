import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { PolicyResource } from '../../workflows/domain/policy.ts';
import { allScopesOf, heldFor, type RequestScopeSource } from './request-scopes.ts';

/** The two resources that access tokens can name (RFC 8707), by their identifiers (RULES 10). */
export type ResourceIdentifiers = Record<PolicyResource, string>;

/** Which of our resources an identifier names. */
export function resourceOf(identifiers: ResourceIdentifiers, identifier: string): PolicyResource | undefined {
  return (['mcp', 'api'] as const).find((resource) => identifiers[resource] === identifier);
}

/**
 * Describes a resource to the provider. When a token is issued its scopes are what the person holds now, which narrows
 * the token whatever the code or refresh token once said; before that they are all there are.
 */
export function resourceServerInfo(identifiers: ResourceIdentifiers, source: RequestScopeSource, baseKid: string) {
  return async (ctx: KoaContextWithOIDC, identifier: string): Promise<ResourceServer> => {
    const resource = resourceOf(identifiers, identifier);
    if (resource === undefined) throw new errors.InvalidTarget();
    const scopes = await source.of(ctx);
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
export function defaultResource(identifiers: ResourceIdentifiers) {
  return (_ctx: KoaContextWithOIDC, _client: unknown, oneOf?: readonly string[]): string =>
    oneOf?.[0] ?? identifiers.mcp;
}
