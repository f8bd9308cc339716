import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { selfRequestTtlMs } from '../../workflows/domain/own-consent.ts';
import { resourceNamed, type OwnIdentifiers } from '../../workflows/domain/resources.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import { allScopesOf, type RequestScopeSource } from './request-scopes.ts';

/** The prompt's name, as it stands in an interaction. */
export const approvalPrompt = 'approval';

/**
 * Stops an authorization request that names more than is held: what is missing has to be decided first. It comes last,
 * for a person who is known and lets the client act for them. Its answer is final: whatever was granted by then is what
 * the client gets, or a subset would be asked about for ever. Clients of our own never get more by asking (RULES 20).
 */
export function createApprovalPrompt(
  identifiers: OwnIdentifiers,
  source: RequestScopeSource,
): interactionPolicy.Prompt {
  const missing = async (ctx: KoaContextWithOIDC): Promise<string[]> => {
    const { account, client, result } = ctx.oidc;
    if (account === undefined || client === undefined || isFirstParty(client.clientId)) return [];
    return result?.[approvalPrompt] === undefined ? missingScopes(ctx, identifiers, source) : [];
  };
  return new interactionPolicy.Prompt(
    { name: approvalPrompt, requestable: false },
    async (ctx) => ({ scopes: await missing(ctx) }),
    new interactionPolicy.Check(
      'approval_missing',
      'scopes that are not held yet have to be approved first',
      'interaction_required',
      async (ctx) => (await missing(ctx)).length > 0,
    ),
  );
}

/** The elevated scopes of the named resources that are asked for and not held. */
export async function missingScopes(
  ctx: KoaContextWithOIDC,
  identifiers: OwnIdentifiers,
  source: RequestScopeSource,
): Promise<string[]> {
  const { policy, held } = await source.of(ctx);
  const known = new Set(
    Object.keys(ctx.oidc.resourceServers ?? {}).flatMap((identifier) => {
      const resource = resourceNamed(identifiers, policy, identifier);
      return resource === undefined ? [] : allScopesOf(policy, resource);
    }),
  );
  return [...ctx.oidc.requestParamScopes].filter(
    (scope) => isElevated(scope) && known.has(scope) && held.every((one) => one.scope !== scope),
  );
}

const hourSeconds = 60 * 60;

/**
 * Seconds that a browser's way through an authorization request may take: an hour, and as long as a request waits where
 * people are asked, for an approver's decision or their own, up to a day. What takes longer stands in the store: the
 * client's next attempt finds it.
 */
export function interactionLifetime(source: RequestScopeSource) {
  return (
    ctx: KoaContextWithOIDC,
    { prompt }: { prompt: { name: string; details: Record<string, unknown> } },
  ): number => {
    if (prompt.name !== approvalPrompt) return hourSeconds;
    const policy = source.known(ctx)?.policy;
    const ttls = askedOf(prompt).map((scope) => policy?.scopes[scope]?.requestTtlMs ?? 0);
    if (policy !== undefined) ttls.push(selfRequestTtlMs(policy));
    // A few minutes more, in which a request that has expired is told as such.
    return Math.min(Math.max(hourSeconds, Math.ceil(Math.max(...ttls, 0) / 1_000) + 600), 24 * hourSeconds + 600);
  };
}

/** What an interaction of this prompt asks for. */
export function askedOf(prompt: { details: Record<string, unknown> }): string[] {
  const { scopes } = prompt.details;
  return Array.isArray(scopes) ? scopes.filter((scope): scope is string => typeof scope === 'string') : [];
}
