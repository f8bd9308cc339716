import { OAuthError, OAuthErrorCode, verifyBearerToken, type AuthInfo } from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
import { dpopProofs, presentedToken, ProofRefused } from '../../activities/tokens/dpop-proof.ts';
import { uncheckable } from '../http/problem.ts';
import { sendWebResponse } from '../http/send-web-response.ts';
import type { Log, RefusedTokens } from '../ports.ts';
import { tokenChallenge } from './token-challenge.ts';
import { TokenRefused, type VerifiedToken } from './verify-access-token.ts';

/** A token as a request presented it, of good signature; what it is good for is another matter. */
export interface PresentedToken {
  text: string;
  verified: VerifiedToken;
}

/**
 * Lets a request through to where its body is read, only with an access token that is ours, for this server and not over,
 * and attaches it. Nothing is asked of anybody yet; see {@link letIn}.
 *
 * A token that is bound to a key (DPoP, RFC 9449) comes with a proof, and is nothing without it.
 *
 * A token that is not good is 401 with a challenge (RFC 6750, RFC 9728). Keys that cannot be had are 503: answering
 * 401 would make clients throw good tokens away.
 */
export function authenticate(options: {
  verify: (token: string) => Promise<VerifiedToken>;
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
        options.logger.error({ err: error }, 'a token could not be verified');
        await sendWebResponse(response, uncheckable());
        return;
      }
      // A request without a token is how clients discover where to sign in, not an attempt.
      const { authorization } = request.headers;
      if (authorization !== undefined) await options.refusals.record(error.message);
      await sendWebResponse(response, tokenChallenge(error, { resourceMetadataUrl, authorization }));
      return;
    }
    next();
  };
}

async function authInfoOf(
  token: string,
  options: Pick<Parameters<typeof authenticate>[0], 'verify' | 'resource'> & {
    prove: (verified: VerifiedToken, token: string) => Promise<void>;
  },
): Promise<AuthInfo> {
  const refuse = (error: unknown): never => {
    const refused = error instanceof TokenRefused || error instanceof ProofRefused;
    throw refused ? new OAuthError(OAuthErrorCode.InvalidToken, error.message) : error;
  };
  const verified = await options.verify(token).catch(refuse);
  await options.prove(verified, token).catch(refuse);
  return {
    token,
    clientId: verified.clientId,
    scopes: [...verified.scopes],
    expiresAt: verified.expiresAt,
    resource: options.resource,
    extra: { presented: { text: token, verified } satisfies PresentedToken },
  };
}

/** The token that {@link authenticate} attached. @throws when there is none, which is a wiring mistake. */
export function presentedOf(authInfo: AuthInfo | undefined): PresentedToken {
  const presented = authInfo?.extra?.['presented'];
  if (presented === undefined) throw new Error('The request was not authenticated.');
  return presented as PresentedToken;
}
