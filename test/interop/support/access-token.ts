import * as oauth from 'openid-client';
import type { Person } from './person.ts';

/** A client that registers itself as stock clients do. */
export async function registeredClient(issuer: string, metadata: { client_name: string; redirect_uris: string[] }) {
  return oauth.dynamicClientRegistration(new URL(issuer), metadata, oauth.None(), {
    execute: [oauth.allowInsecureRequests],
  });
}

/** The access token that a client gets which registers itself and asks for no more than everybody has. */
export async function accessToken(server: { issuer: string; mcpResource: string }, who: Person): Promise<string> {
  const redirectUri = 'http://127.0.0.1:9123/callback';
  const client = await registeredClient(server.issuer, { client_name: 'A test', redirect_uris: [redirectUri] });
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const expectedState = oauth.randomState();
  const address = oauth.buildAuthorizationUrl(client, {
    ...{ redirect_uri: redirectUri, scope: 'none', resource: server.mcpResource, state: expectedState },
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const callback = await who.answerOf(address.href);
  const tokens = await oauth.authorizationCodeGrant(
    client,
    callback,
    { pkceCodeVerifier, expectedState },
    { resource: server.mcpResource },
  );
  return tokens.access_token;
}
