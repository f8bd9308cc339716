import {
  bearerAuthChallengeResponse,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken,
  type AuthInfo,
} from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
import { dpopProofs, presentedToken, ProofRefused } from '../../activities/tokens/dpop-proof.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import { sendWebResponse } from '../http/send-web-response.ts';
import { leastScopes } from '../http/protected-resource-metadata.ts';
import { sendProblem } from '../http/send-problem.ts';
import type { Authority, Log, RefusedTokens } from '../ports.ts';
import { Caller } from './caller.ts';
import { inSchemeOf } from './challenge-scheme.ts';
import { TokenRefused, type VerifiedToken } from './verify-access-token.ts';

/**
 * Lets a request through only with a good access token of somebody whose account is open, and attaches the caller.
 *
 * A token that is bound to a key (DPoP, RFC 9449) comes with a proof, and is nothing without it.
 *
 * A token that is not good is 401 with a challenge (RFC 6750, RFC 9728). A database that is away is 503: answering
 * 401 would make clients throw good tokens away.
 */
export function authenticate(options: {
  verify: (token: string) => Promise<VerifiedToken>;
  authority: Pick<Authority, 'standing'>;
  resource: URL;
  resourceMetadataUrl: string;
  refusals: RefusedTokens;
  logger: Log;
}): RequestHandler {
  const { resourceMetadataUrl } = options;
  const checkProof = dpopProofs();
  return async (request, response, next) => {
    const presented = presentedToken(request.headers.authorization);
    const prove = async ({ jkt }: VerifiedToken, token: string): Promise<void> => {
      if (jkt === undefined) {
        if (presented?.scheme === 'DPoP') throw new ProofRefused('The token is not bound to a key: send it as Bearer.');
        return;
      }
      if (presented?.scheme !== 'DPoP') throw new ProofRefused('The token is bound to a key: send it as DPoP.');
      const proven = { method: request.method, url: options.resource.href, token, jkt };
      await checkProof(request.headersDistinct['dpop']?.length === 1 ? request.headers['dpop'] : undefined, proven);
    };
    try {
      // The SDK knows the Bearer scheme only.
      const header = presented?.scheme === 'DPoP' ? `Bearer ${presented.token}` : request.headers.authorization;
      const auth = await verifyBearerToken(header, {
        verifier: { verifyAccessToken: (token: string) => authInfoOf(token, { ...options, prove }) },
        resourceMetadataUrl,
        expectedResource: options.resource,
      });
      // Where the MCP handler looks for it.
      Object.assign(request, { auth });
    } catch (error) {
      if (!(error instanceof OAuthError)) {
        options.logger.error({ err: error }, 'the account of a token could not be looked up');
        sendProblem(
          response,
          'temporarily_unavailable',
          'The server cannot check authorizations right now. Try again in a few seconds.',
        );
        return;
      }
      // A request without a token is how clients discover where to sign in, not an attempt.
      if (request.headers.authorization !== undefined) await options.refusals.record(error.message);
      // The least to sign in with: clients that are told nothing ask for every scope that the metadata names.
      const challenge = { resourceMetadataUrl, requiredScopes: leastScopes };
      const answer = bearerAuthChallengeResponse(error, challenge);
      const headers = inSchemeOf(request.headers.authorization, answer.headers);
      await sendWebResponse(response, new Response(answer.body, { status: answer.status, headers }));
      return;
    }
    next();
  };
}

async function authInfoOf(
  token: string,
  options: Pick<Parameters<typeof authenticate>[0], 'verify' | 'authority' | 'resource'> & {
    prove: (verified: VerifiedToken, token: string) => Promise<void>;
  },
): Promise<AuthInfo> {
  const refuse = (error: unknown): never => {
    const refused = error instanceof TokenRefused || error instanceof ProofRefused;
    throw refused ? new OAuthError(OAuthErrorCode.InvalidToken, error.message) : error;
  };
  const verified = await options.verify(token).catch(refuse);
  await options.prove(verified, token).catch(refuse);
  const jti = verified.scopes.some(isElevated) ? verified.jti : undefined;
  const { subject, clientId, issuedAt, signIn } = verified;
  const standing = await options.authority.standing({
    token,
    subject,
    clientId,
    issuedAt: new Date(issuedAt * 1_000),
    signIn,
    jti,
  });
  if (standing === undefined || standing.person.disabled)
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'The account of this token is not open.');
  if (standing.ended) throw new OAuthError(OAuthErrorCode.InvalidToken, 'The sign-in of this token has ended.');
  return {
    token,
    clientId: verified.clientId,
    scopes: [...verified.scopes],
    expiresAt: verified.expiresAt,
    resource: options.resource,
    extra: { caller: new Caller(standing, verified, token) },
  };
}
