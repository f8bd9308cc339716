import type { OtherResource, Policy } from './policy.ts';

/** The resources that are part of the product: the tools and the API. */
export const ownResources = ['mcp', 'api'] as const;
/** One of {@link ownResources}. */
export type OwnResource = (typeof ownResources)[number];

/** The RFC 8707 identifiers of {@link ownResources}, from the configuration. */
export type OwnIdentifiers = Readonly<Record<OwnResource, string>>;

type Named = Pick<Policy, 'resources'>;

/** The identifier behind a resource that policy names: one of ours, or another server that the policy file lists. */
export function identifierOf(own: OwnIdentifiers, policy: Named, resource: string): string | undefined {
  if (isOwn(resource)) return own[resource];
  const listed = policy.resources ?? {};
  const identifier = Object.hasOwn(listed, resource) ? listed[resource]?.identifier : undefined;
  // Ours cannot be claimed by another name.
  return ownResources.some((name) => own[name] === identifier) ? undefined : identifier;
}

/** Which resource an identifier names, if any (RULES 10). */
export function resourceNamed(own: OwnIdentifiers, policy: Named, identifier: string): string | undefined {
  const names = [...ownResources, ...Object.keys(policy.resources ?? {})];
  return names.find((name) => identifierOf(own, policy, name) === identifier);
}

/** Somebody else's server that a scope is for; null for a scope of ours, and for one that the policy does not have. */
export function otherServerOf(policy: Pick<Policy, 'resources' | 'scopes'>, scope: string): OtherResource | null {
  const resource = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope]?.resource : undefined;
  const listed = policy.resources ?? {};
  if (resource === undefined || isOwn(resource) || !Object.hasOwn(listed, resource)) return null;
  return listed[resource] ?? null;
}

/** {@link otherServerOf} these scopes, each server once. */
export function otherServers(policy: Pick<Policy, 'resources' | 'scopes'>, scopes: readonly string[]): OtherResource[] {
  return [...new Set(scopes.map((scope) => otherServerOf(policy, scope)))].filter((server) => server !== null);
}

function isOwn(resource: string): resource is OwnResource {
  return (ownResources as readonly string[]).includes(resource);
}
