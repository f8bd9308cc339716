import * as oauth from 'openid-client';

/** What tells a client that an answer is to its own request. */
export interface AuthorizationChecks {
  pkceCodeVerifier: string;
  expectedState: string;
}

/** A public client that registers itself, as stock clients do. */
export function registeredClient(
  issuer: string,
  metadata: Partial<oauth.ClientMetadata>,
): Promise<oauth.Configuration> {
  return oauth.dynamicClientRegistration(new URL(issuer), metadata, oauth.None(), {
    execute: [oauth.allowInsecureRequests],
  });
}

/** An authorization request with PKCE: where the browser goes, and what the answer is checked against. */
export async function authorizationRequest(
  client: oauth.Configuration,
  parameters: Readonly<Record<string, string>>,
): Promise<{ address: URL; checks: AuthorizationChecks }> {
  const checks = { pkceCodeVerifier: oauth.randomPKCECodeVerifier(), expectedState: oauth.randomState() };
  const address = oauth.buildAuthorizationUrl(client, {
    state: checks.expectedState,
    code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { address, checks };
}
