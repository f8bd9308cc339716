import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { outsideApp } from './outside-app.ts';
import { fillSignIn } from './people.ts';

test('a client that nobody knows registers, is shown to the person, gets its code on the loopback address, and is disconnected', async ({
  product,
  newVisitor,
}) => {
  const app = await outsideApp(product, { client_name: 'Desk clerk', scope: 'none read:files' });
  try {
    const user = await newVisitor();
    await user.goto(await app.ask('none'));
    await fillSignIn(user, 'user@example.com');
    await expect(user.getByRole('heading', { name: 'Let “Desk clerk” act for you?' })).toBeVisible();
    await expect(user.getByText('Nobody has verified who it is')).toBeVisible();
    await expectAccessible(user, 'consent to a client');
    await user.getByRole('button', { name: 'Let it act for me' }).click();
    const tokens = await app.tokens(user);
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
    const listed = apps.filter({ hasText: 'Desk clerk' });
    await expect(listed).toContainText('Desk clerk');
    await expect(listed).toContainText('nobody has checked who it is');
    expect(await user.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await expectAccessible(user, 'connected apps');
    await listed.getByRole('button', { name: 'Disconnect Desk clerk…' }).click();
    await expectAccessible(user, 'disconnecting an app');
    await user.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click();
    await expect(listed).toHaveCount(0);
    const refused = await fetch(`http://localhost:${product.ports.mcp}/mcp`, {
      method: 'POST',
      headers: { ...mcpClientHeaders, authorization: `Bearer ${tokens.access_token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    expect(refused.status).toBe(401);
  } finally {
    app.stop();
  }
});

test('one that nobody has verified gets what is critical when its person has confirmed that by itself, though policy grants it at once', async ({
  product,
  newVisitor,
}) => {
  const app = await outsideApp(product, { client_name: 'Weather widget', scope: 'none read:files execute:commands' });
  try {
    const user = await newVisitor({ viewport: { width: 360, height: 740 } });
    await user.goto(await app.ask('none read:files execute:commands'));
    await fillSignIn(user, 'admin@example.com');
    await expect(user.getByText('execute:commands (critical risk)')).toContainText('asked about it by itself');
    await expect(user.getByText('it gets nothing of high or critical risk')).toBeVisible();
    await expectAccessible(user, 'consent to a client that asks for power');
    await user.getByRole('button', { name: 'Let it act for me' }).click();

    await expect(user.getByRole('heading', { name: 'Waiting for your confirmation' })).toBeVisible();
    await expect(user.getByText('execute:commands is yours to decide')).toBeVisible();
    await expectAccessible(user, 'waiting page, for oneself');
    await expect(user.getByText('as nobody here has verified this app, you confirm it yourself')).toBeVisible();
    await user.getByRole('link', { name: 'Confirm' }).click();
    await expect(user.getByRole('heading', { name: 'Do you allow “Weather widget” to do this?' })).toBeVisible();
    await expect(user.getByText('Nobody has verified this client')).toBeVisible();
    await expect(user.getByText('as nobody here has verified this app, you confirm it yourself')).toBeVisible();
    await user.getByRole('button', { name: 'Allow for' }).click();
    // Nothing more to click: the page goes back to the waiting page, and that to the client.
    const tokens = await app.tokens(user);
    expect(tokens.scope?.split(' ').sort()).toEqual(['execute:commands', 'none', 'read:files']);
  } finally {
    app.stop();
  }
});
