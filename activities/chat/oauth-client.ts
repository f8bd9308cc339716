import * as oidc from 'openid-client';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

/** The authorization server as the chat's confidential client sees it. */
export interface OAuthClient {
  /** Metadata is fetched at the first use, because the servers open together, and kept. @throws {DomainError} `temporarily_unavailable` */
  configuration(): Promise<oidc.Configuration>;
}

/** See {@link OAuthClient}. Plain http is allowed for an issuer on loopback only. */
export function createOAuthClient(options: { issuer: string; clientSecret: string }): OAuthClient {
  const issuer = new URL(options.issuer);
  const execute = isLoopbackHttp(issuer) ? [oidc.allowInsecureRequests] : [];
  let known: Promise<oidc.Configuration> | undefined;
  return {
    configuration() {
      known ??= oidc
        .discovery(issuer, chatClientId, undefined, oidc.ClientSecretPost(options.clientSecret), {
          execute,
          timeout: 10,
        })
        .catch((error: unknown) => {
          known = undefined;
          throw unavailable(error);
        });
      return known;
    },
  };
}

/** The authorization server did not answer as it should: come back later. */
export function unavailable(cause: unknown): DomainError {
  return new DomainError(
    'temporarily_unavailable',
    'The authorization server cannot be reached right now. Try again in a moment.',
    { cause },
  );
}

function isLoopbackHttp(url: URL): boolean {
  return (
    url.protocol === 'http:' &&
    (url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]')
  );
}
