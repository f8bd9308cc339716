import * as oauth from 'openid-client';
import { authorizationRequest, registeredClient } from '../../support/oauth-client.ts';
import type { Person } from './person.ts';

/** The access token that a client gets which registers itself and asks for no more than everybody has. */
export async function accessToken(server: { issuer: string; mcpResource: string }, who: Person): Promise<string> {
  const redirectUri = 'http://127.0.0.1:9123/callback';
  const client = await registeredClient(server.issuer, { client_name: 'A test', redirect_uris: [redirectUri] });
  const { address, checks } = await authorizationRequest(client, {
    redirect_uri: redirectUri,
    scope: 'none',
    resource: server.mcpResource,
  });
  const callback = await who.answerOf(address.href);
  const tokens = await oauth.authorizationCodeGrant(client, callback, checks, { resource: server.mcpResource });
  return tokens.access_token;
}
