import { bearerAuthChallengeResponse, type OAuthError } from '@modelcontextprotocol/server';
import { problemOf } from '../http/problem.ts';
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

/** 503, with which clients keep their tokens. */
export function uncheckable(): Response {
  const { status, headers, body } = problemOf(
    'temporarily_unavailable',
    'The server cannot check authorizations right now. Try again in a few seconds.',
  );
  return Response.json(body, { status, headers });
}
