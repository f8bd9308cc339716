import { randomUUID } from 'node:crypto';
import { longestLived, maxElevatedTokenSeconds } from '../../activities/mint/sign-token.ts';
import { heldGrants, type Holder } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { scopePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Caller } from '../sessions/caller.ts';
import type { ApprovalDeps } from './deps.ts';

/** A token for the MCP resource with everything the holder may hold now. */
export interface IssuedToken {
  token: string;
  /** Seconds. */
  expiresIn: number;
}

/**
 * Issues `new_token` (RFC 9068) for the caller's own client and the MCP resource (RULES 10): the claims are made here,
 * the mint checks each of them against its rows and signs.
 *
 * @param caller the new token belongs to the sign-in of theirs and is bound to the same key.
 * @throws {DomainError} `insufficient_scope` when nothing is held, `temporarily_unavailable` when the mint is down.
 */
export async function issueToken(
  deps: Pick<ApprovalDeps, 'db' | 'mint' | 'mintKid' | 'issuer' | 'mcpResource' | 'now'>,
  holder: Holder,
  caller: Pick<Caller, 'signIn' | 'jkt'> = {},
): Promise<IssuedToken> {
  const now = deps.now();
  const [policy, grants] = await Promise.all([livePolicy(deps.db), heldGrants(deps.db, holder, now)]);
  const held = grants.filter(({ scope }) => scopePolicy(policy, scope).resource === 'mcp');
  const scopes = [...new Set(held.map(({ scope }) => scope))].sort();
  const iat = Math.floor(now.getTime() / 1000);
  const ends = scopes
    .map((scope) => longestLived(held, scope)?.expiresAt.getTime() ?? 0)
    .map((end) => Math.floor(end / 1000));
  const exp = Math.min(iat + maxElevatedTokenSeconds, ...ends);
  const header = { alg: 'ES256', typ: 'at+jwt', kid: deps.mintKid };
  const claims = {
    iss: deps.issuer,
    aud: deps.mcpResource,
    sub: holder.subject,
    client_id: holder.clientId,
    scope: ['none', ...scopes].join(' '),
    jti: randomUUID(),
    iat,
    exp,
    ...(holder.sessionId === undefined ? {} : { session_id: holder.sessionId }),
    ...(caller.signIn === undefined ? {} : { sid: caller.signIn }),
    ...(caller.jkt === undefined ? {} : { cnf: { jkt: caller.jkt } }),
  };
  const signingInput = `${encode(header)}.${encode(claims)}`;
  const signature = await deps.mint.sign(signingInput);
  return { token: `${signingInput}.${Buffer.from(signature).toString('base64url')}`, expiresIn: exp - iat };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
