import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'openid-client';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { fillSignIn } from './people.ts';

test('a client that nobody knows registers, is shown to the person, gets its code on the loopback address, and is disconnected', async ({
  product,
  newVisitor,
}) => {
  const listener = createServer((_request, response) => response.end('The client has its answer.'));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
  try {
    const client = await oauth.dynamicClientRegistration(
      new URL(product.issuer),
      { client_name: 'Desk clerk', redirect_uris: [redirectUri], scope: 'none read:files' },
      oauth.None(),
      { execute: [oauth.allowInsecureRequests] },
    );
    const verifier = oauth.randomPKCECodeVerifier();
    const state = oauth.randomState();
    const resource = `http://localhost:${product.ports.mcp}/mcp`;
    const address = oauth.buildAuthorizationUrl(client, {
      ...{ redirect_uri: redirectUri, scope: 'none', resource, state },
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const user = await newVisitor();
    await user.goto(address.href);
    await fillSignIn(user, 'user@example.com');
    await expect(user.getByRole('heading', { name: 'Let “Desk clerk” act for you?' })).toBeVisible();
    await expect(user.getByText('Nobody has verified who it is')).toBeVisible();
    await expectAccessible(user, 'consent to a client');
    await user.getByRole('button', { name: 'Let it act for me' }).click();
    await expect(user.getByText('The client has its answer.')).toBeVisible();
    const tokens = await oauth.authorizationCodeGrant(
      client,
      new URL(user.url()),
      { pkceCodeVerifier: verifier, expectedState: state },
      { resource },
    );
    expect(tokens.scope).toBe('none');

    await user.setViewportSize({ width: 360, height: 740 });
    // Signed in at the auth server already.
    await user.goto(product.chatUrl);
    await user.getByRole('link', { name: 'Sign in' }).click();
    await expect(user.getByRole('heading', { name: 'Sign in' })).toBeHidden();
    await user.goto(`${product.chatUrl}/access`);
    await user.getByText('Connected apps', { exact: true }).click();
    // Tests share one product: another one may have connected an app of its own.
    const apps = user.getByRole('list', { name: 'Connected apps' }).getByRole('listitem');
    const app = apps.filter({ hasText: 'Desk clerk' });
    await expect(app).toContainText('Desk clerk');
    await expect(app).toContainText('nobody has checked who it is');
    expect(await user.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await expectAccessible(user, 'connected apps');
    await app.getByRole('button', { name: 'Disconnect Desk clerk…' }).click();
    await expectAccessible(user, 'disconnecting an app');
    await user.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click();
    await expect(app).toHaveCount(0);
    const refused = await fetch(resource, {
      method: 'POST',
      headers: { ...mcpClientHeaders, authorization: `Bearer ${tokens.access_token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    expect(refused.status).toBe(401);
  } finally {
    listener.close();
  }
});
