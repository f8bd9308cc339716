import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as oauth from 'openid-client';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { testBrowser } from './browser.ts';
import type { Launched } from './launched.ts';

/** Tokens of one person for the chat's client. */
export interface ChatTokens {
  /** A fresh access token for one resource. */
  tokenFor(resource: string): Promise<string>;
}

/** Signs a demo account in at a launched product as the chat does: by code and PKCE, with the chat's own secret. */
export async function signInAsChat(product: Launched, email: string): Promise<ChatTokens> {
  const secret = (await readFile(join(product.stateFolder, 'secrets', 'chat-client'), 'utf8')).trim();
  const config = await oauth.discovery(new URL(product.issuer), chatClientId, secret, undefined, {
    execute: [oauth.allowInsecureRequests],
  });
  const browser = testBrowser();
  await browser.fetch(`${product.issuer}/auth/demo-login`, {
    method: 'POST',
    body: new URLSearchParams({ email, password: 'demo' }),
  });
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const parameters = new URLSearchParams({
    redirect_uri: `${product.chatUrl}/auth/callback`,
    scope: 'openid offline_access none',
    prompt: 'consent',
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const resources = { mcp: `http://localhost:${product.ports.mcp}/mcp`, api: `${product.issuer}/api` };
  for (const resource of Object.values(resources)) parameters.append('resource', resource);
  const response = await browser.follow(oauth.buildAuthorizationUrl(config, parameters).href);
  const callback = new URL(response.headers.get('location') ?? '');
  const { refresh_token: refreshToken = '' } = await oauth.authorizationCodeGrant(
    config,
    callback,
    { pkceCodeVerifier },
    { resource: resources.api },
  );
  return {
    tokenFor: async (resource) => (await oauth.refreshTokenGrant(config, refreshToken, { resource })).access_token,
  };
}
