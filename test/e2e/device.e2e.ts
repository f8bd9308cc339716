import * as oauth from 'openid-client';
import { registeredClient } from '../support/oauth-client.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { fillSignIn } from './people.ts';

test('a device shows a code, which its person enters on a phone, checks, and lets it act', async ({
  product,
  newVisitor,
}) => {
  const client = await registeredClient(product.issuer, {
    client_name: 'Build server',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    response_types: [],
  });
  const resource = `http://localhost:${product.ports.mcp}/mcp`;
  const asked = await oauth.initiateDeviceAuthorization(client, { scope: 'none', resource });
  const user = await newVisitor({ viewport: { width: 360, height: 740 } });
  await user.goto(asked.verification_uri);
  await fillSignIn(user, 'user@example.com');
  await user.getByLabel('Code').fill('bbbb bbbb');
  await user.getByRole('button', { name: 'Continue' }).click();
  await expect(user.getByText('There is no such code.')).toBeVisible();
  await expectAccessible(user, 'entering a code');
  await user.getByLabel('Code').fill(asked.user_code.toLowerCase());
  await user.getByRole('button', { name: 'Continue' }).click();
  await expect(user.getByRole('heading', { name: 'Connect “Build server” on a device?' })).toBeVisible();
  await expect(user.getByText(`The device shows the code ${asked.user_code}.`)).toBeVisible();
  expect(await user.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await expectAccessible(user, 'checking a code');
  await user.getByRole('button', { name: 'Connect it' }).click();
  await user.getByRole('button', { name: 'Let it act for me' }).click();
  await expect(user.getByRole('heading', { name: 'The device is connected' })).toBeVisible();
  await expectAccessible(user, 'a connected device');
  const tokens = await oauth.pollDeviceAuthorizationGrant(client, asked, { resource });
  expect(tokens.scope).toBe('none');
});
