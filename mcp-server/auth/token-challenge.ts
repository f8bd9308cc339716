import { bearerAuthChallengeResponse, type OAuthError } from '@modelcontextprotocol/server';
import { leastScopes } from '../http/protected-resource-metadata.ts';
import { inSchemeOf } from './challenge-scheme.ts';

/**
 * 401, with a challenge in the scheme that the client used (RFC 6750, RFC 9728).
 *
 * @param about.authorization the header of the request
 */
export function tokenChallenge(
  error: OAuthError,
  about: { resourceMetadataUrl: string; authorization: string | null | undefined },
): Response {
  // The least to sign in with: clients that are told nothing ask for every scope that the metadata names.
  const challenge = { resourceMetadataUrl: about.resourceMetadataUrl, requiredScopes: leastScopes };
  const answer = bearerAuthChallengeResponse(error, challenge);
  const headers = inSchemeOf(about.authorization, answer.headers);
  return new Response(answer.body, { status: answer.status, headers });
}
