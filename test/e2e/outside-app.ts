import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import * as oauth from 'openid-client';
import type { Launched } from '../support/launched.ts';
import { authorizationRequest, registeredClient } from '../support/oauth-client.ts';
import { expect } from './fixtures.ts';

/** An app of somebody else on this computer: it has registered itself and listens on the loopback address. */
export interface OutsideApp {
  /** Where it sends its user's browser. */
  ask(scope: string): Promise<string>;
  /** Waits until the browser has come back with an answer, and takes the tokens for it. */
  tokens(page: Page): Promise<oauth.TokenEndpointResponse>;
  stop(): void;
}

/** An {@link OutsideApp}. @param metadata what it registers with, such as `client_name` */
export async function outsideApp(product: Launched, metadata: Partial<oauth.ClientMetadata>): Promise<OutsideApp> {
  const listener = createServer((_request, response) => response.end('The client has its answer.'));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
  const client = await registeredClient(product.issuer, { redirect_uris: [redirectUri], ...metadata });
  const resource = `http://localhost:${product.ports.mcp}/mcp`;
  let checks: oauth.AuthorizationCodeGrantChecks | undefined;
  return {
    ask: async (scope) => {
      const begun = await authorizationRequest(client, { redirect_uri: redirectUri, scope, resource });
      checks = begun.checks;
      return begun.address.href;
    },
    tokens: async (page) => {
      await expect(page.getByText('The client has its answer.')).toBeVisible();
      return oauth.authorizationCodeGrant(client, new URL(page.url()), checks, { resource });
    },
    stop: () => listener.close(),
  };
}
