import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import { heldGrants, type Holder } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { scopePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { issueToken } from '../approvals/issue-token.ts';

/** What {@link toolToken} needs. */
export interface ToolTokenDeps extends Pick<
  ApprovalDeps,
  'db' | 'mint' | 'mintKid' | 'issuer' | 'mcpResource' | 'now'
> {
  /** Signs tokens without elevated scopes. */
  basePrivateJwk: JWK;
}

/** Seconds; it is used at once and never leaves this process. */
const baseTokenLifetime = 60;

/**
 * A token for the MCP resource (RULES 10) with what the holder's grants allow now. With any elevated scope the mint
 * signs it, or nobody does (RULES 12).
 *
 * @throws {DomainError} `temporarily_unavailable` when the mint is needed and down.
 */
export async function toolToken(deps: ToolTokenDeps, holder: Holder): Promise<string> {
  const [policy, held] = await Promise.all([livePolicy(deps.db), heldGrants(deps.db, holder, deps.now())]);
  if (held.some(({ scope }) => scopePolicy(policy, scope).resource === 'mcp')) {
    return (await issueToken(deps, holder)).token;
  }
  const iat = Math.floor(deps.now().getTime() / 1000);
  return new SignJWT({ client_id: holder.clientId, scope: 'none' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: deps.basePrivateJwk.kid ?? '' })
    .setIssuer(deps.issuer)
    .setAudience(deps.mcpResource)
    .setSubject(holder.subject)
    .setJti(randomUUID())
    .setIssuedAt(iat)
    .setExpirationTime(iat + baseTokenLifetime)
    .sign(await importJWK(deps.basePrivateJwk, 'ES256'));
}
