import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import { appendAudit } from '../../activities/store/audit.ts';
import { heldGrants } from '../../activities/store/grants.ts';
import { hasTokenEnded } from '../../activities/store/client-sign-ins.ts';
import { findPerson } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { mcpServerClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { parseScope } from '../../workflows/domain/scopes.ts';
import { accessTokenVerifier, type ApiToken } from '../sessions/access-tokens.ts';
import { refusedTokenJournal } from '../sessions/refused-tokens.ts';
import { tokenExchangeGrant } from './clients.ts';
import { exchangedToken, type ExchangedToken } from './exchanged-token.ts';
import type { OAuthDeps } from './options.ts';
import { publicJwk } from './public-jwk.ts';
import { heldFor, leastLifeMs } from './request-scopes.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

const parameters = [
  ...['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'],
  ...['requested_token_type', 'resource', 'audience', 'scope'],
] as const;
type ExchangeParameters = Partial<Record<(typeof parameters)[number], string>>;
type ExchangeContext = TokenEndpointGrantContext<ExchangeParameters>;

/**
 * Token exchange (RFC 8693), for the MCP server alone: the token that a caller sent to the tools becomes a short one for
 * the API, of the same person and client and with what they hold now. So no token is ever passed on (RULES 10).
 */
export function registerTokenExchange(provider: Provider, deps: OAuthDeps): void {
  const verify = accessTokenVerifier({
    issuer: deps.issuer,
    audience: deps.mcpResource,
    baseKey: publicJwk(deps.basePrivateJwk),
    mintKey: publicJwk(deps.mintPublicJwk),
    now: deps.now,
    // Whatever the reason of a refusal, it is recorded below.
    onRefused: () => Promise.resolve(),
  });
  const journal = refusedTokenJournal(deps);

  const handler = async (ctx: ExchangeContext): Promise<void> => {
    if (ctx.oidc.client.clientId !== mcpServerClientId) {
      throw new errors.UnauthorizedClient('this client cannot exchange tokens');
    }
    const subjectToken = checkedParameters(ctx.oidc.params, deps);
    const subject = await verify(subjectToken).catch((error: unknown) => {
      if (error instanceof DomainError)
        throw new errors.InvalidRequest('subject_token is not a valid token of the tools');
      throw error;
    });
    await refuseWhoMayNot(deps, subject);
    const issued = await issue(deps, subject, ctx.oidc.params.scope);
    await appendAudit(deps.db, {
      type: 'token.exchanged',
      actor: 'system',
      subject: subject.subject,
      clientId: subject.clientId,
      scopes: issued.scopes,
      data: {
        jti: issued.jti,
        subject_jti: subject.jti,
        act: mcpServerClientId,
        resource: deps.apiResource,
        expires_at: issued.expiresAt.toISOString(),
      },
    });
    ctx.body = {
      access_token: issued.token,
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: Math.floor((issued.expiresAt.getTime() - issued.issuedAt.getTime()) / 1_000),
      scope: issued.scopes.join(' '),
    };
  };
  provider.registerGrantType<ExchangeParameters>(tokenExchangeGrant, handler, parameters);
  provider.on('grant.error', (ctx, error) => {
    if (ctx.oidc.params?.['grant_type'] !== tokenExchangeGrant) return;
    void journal(`token exchange: ${error.error_description ?? error.error}`);
  });
}

/** @returns the subject token, which nobody has looked at yet */
function checkedParameters(params: ExchangeParameters, deps: OAuthDeps): string {
  if (params.actor_token !== undefined || params.actor_token_type !== undefined) {
    throw new errors.InvalidRequest('an actor_token is not taken: the client itself is the actor');
  }
  if (params.subject_token === undefined) throw new errors.InvalidRequest('subject_token is missing');
  if (params.subject_token_type !== accessTokenType) {
    throw new errors.InvalidRequest(`subject_token_type must be ${accessTokenType}`);
  }
  if (params.requested_token_type !== undefined && params.requested_token_type !== accessTokenType) {
    throw new errors.InvalidRequest(`requested_token_type can only be ${accessTokenType}`);
  }
  if (params.audience !== undefined || params.resource !== deps.apiResource) {
    throw new errors.InvalidTarget(`resource must be ${deps.apiResource}, without an audience`);
  }
  return params.subject_token;
}

/** As the API refuses a token of its own: an exchange must not outlive a block, a disabled account or a sign-out. */
async function refuseWhoMayNot({ db }: OAuthDeps, token: ApiToken): Promise<void> {
  const { subject, clientId } = token;
  const person = await findPerson(db, subject);
  if (person === undefined || person.disabled) {
    throw new errors.InvalidRequest('the account of subject_token is not active');
  }
  if ((await isClientBlocked(db, clientId)) || (await isClientBlocked(db, mcpServerClientId))) {
    throw new errors.InvalidRequest('the client of subject_token is blocked');
  }
  if (await hasTokenEnded(db, token)) throw new errors.InvalidRequest('the sign-in of subject_token has ended');
}

async function issue(
  deps: OAuthDeps,
  { subject, clientId, expiresAt, signIn }: ApiToken,
  scope: string | undefined,
): Promise<ExchangedToken> {
  const now = deps.now();
  const [policy, grants] = await Promise.all([livePolicy(deps.db), heldGrants(deps.db, { subject, clientId }, now)]);
  const held = grants.filter((grant) => grant.expiresAt.getTime() - now.getTime() >= leastLifeMs);
  const allowed = heldFor({ policy, held, sessionId: undefined }, 'api');
  const scopes = scope === undefined ? allowed : [...new Set(parseScope(scope))];
  const beyond = scopes.filter((name) => !allowed.includes(name));
  if (beyond.length > 0) {
    throw new errors.InvalidScope('a scope is not held for the API by this person and client', beyond.join(' '));
  }
  try {
    return await exchangedToken(deps, { subject, clientId, signIn, endsAt: expiresAt, scopes, held });
  } catch (error) {
    if (error instanceof DomainError && error.code === 'temporarily_unavailable') {
      throw new errors.TemporarilyUnavailable(error.message);
    }
    throw error;
  }
}
