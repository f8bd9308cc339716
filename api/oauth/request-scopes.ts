import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { ownChatSession } from '../../activities/store/chat-sessions.ts';
import type { Db } from '../../activities/store/connect.ts';
import { heldGrants, type HeldScope } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';

/** What the person of one OAuth request may hold now, and under which policy. */
export interface RequestScopes {
  policy: Policy;
  held: readonly HeldScope[];
  /** The conversation that session-bound grants count for, when the request names one. */
  sessionId: string | undefined;
}

/** Looks {@link RequestScopes} up once per request. */
export interface RequestScopeSource {
  of(ctx: KoaContextWithOIDC): Promise<RequestScopes>;
  /** What {@link RequestScopeSource.of} found earlier in this request, for hooks that must not wait. */
  known(ctx: KoaContextWithOIDC): RequestScopes | undefined;
}

/** A grant this close to its end is left out: a token with it would be over before it is used. */
export const leastLifeMs = 2_000;

/** Every scope that a token is issued with comes through here, from the one function `heldGrants` (RULES 11). */
export function requestScopeSource(deps: { db: Db; now: () => Date }): RequestScopeSource {
  const pending = new WeakMap<KoaContextWithOIDC, Promise<RequestScopes>>();
  const found = new WeakMap<KoaContextWithOIDC, RequestScopes>();
  const lookUp = async (ctx: KoaContextWithOIDC): Promise<RequestScopes> => {
    const policy = await livePolicy(deps.db);
    const subject = ctx.oidc.account?.accountId;
    const clientId = ctx.oidc.client?.clientId;
    if (subject === undefined || clientId === undefined) return { policy, held: [], sessionId: undefined };
    // Before anything is issued, base tokens included.
    if (await isClientBlocked(deps.db, clientId)) throw new errors.UnauthorizedClient('this client is blocked');
    const sessionId = await namedConversation(deps.db, ctx, subject, clientId);
    const now = deps.now();
    const holder = { subject, clientId, ...(sessionId === undefined ? {} : { sessionId }) };
    const held = (await heldGrants(deps.db, holder, now)).filter(
      ({ expiresAt }) => expiresAt.getTime() - now.getTime() >= leastLifeMs,
    );
    return { policy, held, sessionId };
  };
  return {
    of: async (ctx) => {
      const looking = pending.get(ctx) ?? lookUp(ctx);
      // An authorization request names its resources before it is known whose it is.
      if (ctx.oidc.account !== undefined) pending.set(ctx, looking);
      const scopes = await looking;
      found.set(ctx, scopes);
      return scopes;
    },
    known: (ctx) => found.get(ctx),
  };
}

/** The scopes of a resource that are held now, with `none`, which everybody holds. */
export function heldFor(scopes: RequestScopes, resource: string): string[] {
  const held = scopes.held
    .map(({ scope }) => scope)
    .filter((scope) => scopes.policy.scopes[scope]?.resource === resource);
  return [...new Set(['none', ...held])];
}

/** Every scope of a resource: what a client may ask for. */
export function allScopesOf(policy: Policy, resource: string): string[] {
  const named = Object.entries(policy.scopes).filter(([, scope]) => scope.resource === resource);
  return [...new Set(['none', ...named.map(([scope]) => scope)])];
}

/** The chat names the conversation a token is for, so that grants bound to it count (RULES 13); its own only. */
async function namedConversation(
  db: Db,
  ctx: KoaContextWithOIDC,
  subject: string,
  clientId: string,
): Promise<string | undefined> {
  const sessionId = ctx.oidc.route === 'token' ? ctx.oidc.body?.['session_id'] : undefined;
  if (sessionId === undefined) return undefined;
  if (clientId !== chatClientId || typeof sessionId !== 'string')
    throw new errors.InvalidRequest('session_id cannot be used here');
  try {
    return (await ownChatSession(db, sessionId, subject)).session_id;
  } catch (error) {
    if (error instanceof DomainError)
      throw new errors.InvalidRequest('session_id names no conversation of this person');
    throw error;
  }
}
