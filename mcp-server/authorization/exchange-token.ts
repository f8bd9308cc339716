import { z } from 'zod';
import { mcpServerClientId } from '../../workflows/domain/clients.ts';
import { parseScope } from '../../workflows/domain/scopes.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const answeredWithinMs = 5_000;

const answerSchema = z.object({ access_token: z.string(), scope: z.string() });
const errorSchema = z.object({ error: z.string() });

/** How the tools reach the auth server as themselves. */
export interface ExchangeOptions {
  issuer: string;
  apiResource: string;
  /** Of the client `countersign-mcp-server`. */
  clientSecret: string;
}

/** A token for the API, and what it says that its person and client hold there. */
export interface ExchangedToken {
  token: string;
  scopes: readonly string[];
}

/**
 * A short token for the API, of whoever sent this one to the tools and of the same client (RFC 8693).
 *
 * @throws {DomainError} `not_signed_in` where the token is no longer good, `temporarily_unavailable`
 */
export async function exchangeToken(options: ExchangeOptions, subjectToken: string): Promise<ExchangedToken> {
  const response = await fetch(new URL('/oauth/token', options.issuer), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: mcpServerClientId,
      client_secret: options.clientSecret,
      subject_token: subjectToken,
      subject_token_type: accessToken,
      resource: options.apiResource,
    }),
    signal: AbortSignal.timeout(answeredWithinMs),
  }).catch((cause: unknown) => {
    throw apiAway(cause);
  });
  const body: unknown = await response.json().catch(() => undefined);
  const answer = answerSchema.safeParse(body);
  if (response.ok && answer.success) {
    return { token: answer.data.access_token, scopes: parseScope(answer.data.scope) };
  }
  if (errorSchema.safeParse(body).data?.error === 'invalid_request') {
    throw new DomainError('not_signed_in', 'Your token is no longer good for this. Sign in again.');
  }
  throw apiAway(new Error(`The token endpoint answered ${response.status}.`));
}

/** The auth server cannot be asked right now. */
export function apiAway(cause: unknown): DomainError {
  return new DomainError(
    'temporarily_unavailable',
    'The authorization server cannot be asked right now. Try again in a few seconds.',
    { cause },
  );
}
