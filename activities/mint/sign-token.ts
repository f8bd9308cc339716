import { sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { isFirstParty, mcpServerClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { scopePolicy } from '../../workflows/domain/evaluate-policy.ts';
import { identifierOf, resourceNamed, type OwnIdentifiers } from '../../workflows/domain/resources.ts';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';
import { appendAudit } from '../store/audit.ts';
import { isSignInAlive } from '../store/client-sign-ins.ts';
import type { Db, DbOrTrx } from '../store/connect.ts';
import { insertCredential } from '../store/credentials.ts';
import { heldGrants, type HeldScope } from '../store/grants.ts';
import { livePolicy } from '../store/policies.ts';

/** An elevated token lives this long at most, in seconds (RULES 11). */
export const maxElevatedTokenSeconds = 300;

/** What {@link signToken} needs: the mint's own key, its issuer and the identifiers of our resources; those of others are in the policy. */
export interface SignDeps {
  db: Db;
  privateKey: KeyObject;
  kid: string;
  issuer: string;
  resources: OwnIdentifiers;
  now: () => Date;
}

const headerSchema = z.strictObject({ alg: z.literal('ES256'), typ: z.literal('at+jwt'), kid: z.string() });

/**
 * RFC 9068 section 2.2; `session_id` names the session when grants bound to it are used (RULES 13), `act` who uses the
 * token for that client (RFC 8693 section 4.1), `sid` the sign-in at the client that the token belongs to.
 */
const claimsSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  client_id: z.string(),
  jti: z.string().min(16).max(64),
  scope: z.string(),
  iat: z.int(),
  exp: z.int(),
  nbf: z.int().optional(),
  session_id: z.string().max(128).optional(),
  act: z.strictObject({ sub: z.literal(mcpServerClientId) }).optional(),
  sid: z.string().max(64).optional(),
  cnf: z.strictObject({ jkt: z.string().regex(/^[\w-]{43}$/) }).optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/**
 * Signs an elevated access token if and only if living grants allow every claim of it. The rows are read here and
 * locked until the credential is recorded, so a revoke either comes first and refuses, or comes after and counts at
 * the next call (RULES 12, 15).
 *
 * @param signingInput the JWS signing input (RFC 7515 section 5.1): `base64url(header).base64url(claims)`.
 * @returns the raw ES256 signature, 64 bytes.
 * @throws {DomainError} `insufficient_scope` when the grants allow less, `invalid_request` for anything malformed.
 */
export async function signToken(deps: SignDeps, signingInput: string): Promise<Uint8Array> {
  const claims = readClaims(deps, signingInput);
  const now = deps.now();
  const elevated = parseScope(claims.scope).filter(isElevated);
  try {
    await deps.db.transaction().execute(async (trx) => {
      const [, used] = await Promise.all([
        refuseForeignScopes(deps, trx, claims, elevated),
        grantsBehind(trx, claims, elevated, now),
        refuseWithoutSignIn(trx, claims),
      ]);
      const credential = {
        jti: claims.jti,
        grantIds: [...new Set(used.map(({ grantId }) => grantId))],
        subject: claims.sub,
        clientId: claims.client_id,
        resource: claims.aud,
        scopes: elevated,
        issuedAt: now,
        expiresAt: new Date(claims.exp * 1000),
      };
      await Promise.all([insertCredential(trx, credential), auditSigning(trx, 'credential.issued', claims, elevated)]);
    });
  } catch (error) {
    if (error instanceof DomainError) await auditSigning(deps.db, 'credential.refused', claims, elevated);
    throw error;
  }
  return sign('sha256', Buffer.from(signingInput), { key: deps.privateKey, dsaEncoding: 'ieee-p1363' });
}

function readClaims(deps: SignDeps, signingInput: string): Claims {
  const [header, payload, ...rest] = signingInput.split('.');
  const parsedHeader = headerSchema.safeParse(decode(header));
  const claims = claimsSchema.safeParse(decode(payload));
  if (rest.length > 0 || !parsedHeader.success || !claims.success) {
    throw new DomainError('invalid_request', 'This is not the signing input of an access token.');
  }
  if (parsedHeader.data.kid !== deps.kid || claims.data.iss !== deps.issuer) {
    throw new DomainError('invalid_request', 'The token names another key or issuer.');
  }
  return claims.data;
}

function decode(part: string | undefined): unknown {
  const bytes = Buffer.from(part ?? '', 'base64url');
  // One spelling only: what verifiers decode must be what was checked here.
  if (bytes.toString('base64url') !== part) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A token for one resource carries scopes of that resource only (RULES 10). */
async function refuseForeignScopes(
  deps: SignDeps,
  trx: DbOrTrx,
  claims: Claims,
  elevated: readonly string[],
): Promise<void> {
  const policy = await livePolicy(trx);
  if (resourceNamed(deps.resources, policy, claims.aud) === undefined) {
    throw new DomainError('invalid_request', 'The token names another resource.');
  }
  const belongs = (scope: string): boolean =>
    Object.hasOwn(policy.scopes, scope) &&
    identifierOf(deps.resources, policy, scopePolicy(policy, scope).resource) === claims.aud;
  if (!elevated.every(belongs)) {
    throw new DomainError('insufficient_scope', 'A scope of this token belongs to another resource.');
  }
}

/**
 * A token belongs to a sign-in of its own person and client that goes on; that of other people's client has to, and its
 * person lets the client act for them. Our own apps' pages issue tokens for themselves without one.
 */
async function refuseWithoutSignIn(trx: DbOrTrx, { sid, sub, client_id: clientId }: Claims): Promise<void> {
  if (sid === undefined && isFirstParty(clientId)) return;
  if (sid !== undefined && (await isSignInAlive(trx, { signIn: sid, subject: sub, clientId }))) return;
  throw new DomainError(
    'insufficient_scope',
    'The sign-in of this token has ended, or its person does not let the client act for them.',
  );
}

async function grantsBehind(
  trx: DbOrTrx,
  claims: Claims,
  elevated: readonly string[],
  now: Date,
): Promise<HeldScope[]> {
  const holder = { subject: claims.sub, clientId: claims.client_id };
  const held = await heldGrants(
    trx,
    claims.session_id === undefined ? holder : { ...holder, sessionId: claims.session_id },
    now,
    { lock: true },
  );
  const used = elevated.map((scope) => longestLived(held, scope));
  const nowSeconds = now.getTime() / 1000;
  if (used.length === 0 || !used.every((grant) => grant !== undefined)) {
    throw new DomainError('insufficient_scope', 'No living grant allows every scope of this token.');
  }
  const latest = Math.min(
    nowSeconds + maxElevatedTokenSeconds + 1,
    ...used.map(({ expiresAt }) => expiresAt.getTime() / 1000),
  );
  if (claims.exp > latest || claims.exp <= nowSeconds || claims.iat > nowSeconds + 5) {
    throw new DomainError('insufficient_scope', 'The token would outlive its grant or the limit for elevated tokens.');
  }
  return used;
}

/** Where two grants allow the same scope, the one that lasts. */
export function longestLived(held: readonly HeldScope[], scope: string): HeldScope | undefined {
  return held
    .filter((grant) => grant.scope === scope)
    .reduce<HeldScope | undefined>(
      (best, grant) => (best === undefined || grant.expiresAt > best.expiresAt ? grant : best),
      undefined,
    );
}

async function auditSigning(
  db: DbOrTrx,
  type: 'credential.issued' | 'credential.refused',
  claims: Claims,
  scopes: readonly string[],
): Promise<void> {
  await appendAudit(db, {
    type,
    actor: 'system',
    subject: claims.sub,
    clientId: claims.client_id,
    scopes,
    data: { jti: claims.jti, resource: claims.aud, expires_at: new Date(claims.exp * 1000).toISOString() },
  });
}
