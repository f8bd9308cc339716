import type { ClientMetadata } from 'oidc-provider';
import { chatClientId, dashboardClientId, mcpServerClientId } from '../../workflows/domain/clients.ts';

/** RFC 8693 section 2.1. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The clients that need no registration. */
export function firstPartyClients(options: {
  chatUrl: string;
  chatClientSecret: string;
  mcpServerSecret: string;
}): ClientMetadata[] {
  return [
    {
      client_id: chatClientId,
      client_name: 'Countersign chat',
      client_secret: options.chatClientSecret,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [new URL('/auth/callback', options.chatUrl).href],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid offline_access',
    },
    // Browser sessions act as this client without any OAuth flow; registered so that nobody else can take its name.
    {
      client_id: dashboardClientId,
      client_name: 'Countersign dashboard',
      token_endpoint_auth_method: 'none',
      redirect_uris: [],
      grant_types: [],
      response_types: [],
    },
    // No person signs in with it: all that it can do is exchange tokens that people's clients have sent to the tools.
    {
      client_id: mcpServerClientId,
      client_name: 'Countersign tools',
      client_secret: options.mcpServerSecret,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [],
      grant_types: [tokenExchangeGrant],
      response_types: [],
    },
  ];
}
