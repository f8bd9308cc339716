import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'openid-client';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { fillSignIn } from './people.ts';

test('a client that nobody knows registers, is shown to the person, and gets its code on the loopback address', async ({
  product,
  newVisitor,
}) => {
  const listener = createServer((_request, response) => response.end('The client has its answer.'));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
  try {
    const client = await oauth.dynamicClientRegistration(
      new URL(product.issuer),
      { client_name: 'Desktop helper', redirect_uris: [redirectUri], scope: 'none read:files' },
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
    await expect(user.getByRole('heading', { name: 'Let “Desktop helper” act for you?' })).toBeVisible();
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
  } finally {
    listener.close();
  }
});
