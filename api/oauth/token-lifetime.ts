import type { KoaContextWithOIDC } from 'oidc-provider';
import { longestLived, maxElevatedTokenSeconds } from '../../activities/mint/sign-token.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { RequestScopeSource } from './request-scopes.ts';

/** Seconds. A base token gives no power, so it may live longer than an elevated one. */
export const baseTokenSeconds = 15 * 60;

/** Seconds. A person who does not come back for so long signs in again. */
export const refreshTokenSeconds = 90 * 24 * 60 * 60;

/** Access tokens end with the first of their grants, and elevated ones within five minutes (RULES 11). */
export function accessTokenLifetime(source: RequestScopeSource, now: () => Date) {
  return (ctx: KoaContextWithOIDC, token: { scopes: Set<string> }): number => {
    const elevated = [...token.scopes].filter(isElevated);
    if (elevated.length === 0) return baseTokenSeconds;
    const held = source.known(ctx)?.held ?? [];
    const ends = elevated.map((scope) => longestLived(held, scope)?.expiresAt.getTime() ?? 0);
    // One second less: the clock moves on between here and the signature.
    const left = Math.floor((Math.min(...ends) - now().getTime()) / 1_000) - 1;
    return Math.max(1, Math.min(maxElevatedTokenSeconds, left));
  };
}
