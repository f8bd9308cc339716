import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startHost } from '../interop/support/host-process.ts';
import type { ClientWorld, MatrixClient } from '../interop/support/matrix-client.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { outsideApp } from './outside-app.ts';
import { approveOpened, fillSignIn, openFromQueue, signInToDashboard } from './people.ts';

interface Program {
  client: MatrixClient;
  /** Everything that it sends its user to goes there. */
  user: Page;
  stop(): Promise<void>;
}

/** A stock client in a process of its own, whose user has signed in and lets it act for them. */
async function connected(issuer: string, mcpPort: number, user: Page): Promise<Program> {
  const home = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
  let asked = 0;
  const world: ClientWorld = {
    mcpResource: `http://localhost:${mcpPort}/mcp`,
    home,
    open: async (address) => {
      expect(address.startsWith(issuer)).toBe(true);
      await user.goto(address);
      asked += 1;
      if (asked > 1) return;
      await fillSignIn(user, 'user@example.com');
      await user.getByRole('button', { name: 'Let it act for me' }).click();
    },
  };
  const client = await startHost({ program: 'sdk-v2.ts' }, world);
  return {
    client,
    user,
    stop: async () => {
      await client.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

test('a stock client steps up: its user waits and says why, another person approves, and its call succeeds', async ({
  product,
  newVisitor,
}) => {
  const program = await connected(product.issuer, product.ports.mcp, await newVisitor());
  const { client, user } = program;
  try {
    const outcome = client.call('list_users');
    await expect(user.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();
    await expect(user.getByText('with the role admin, never by you')).toBeVisible();
    await expect(user.getByText('Nobody has verified this client')).toBeVisible();
    await expectAccessible(user, 'waiting page');
    await user.getByLabel('Add why you need it').fill('To find out who left.');
    await user.getByRole('button', { name: 'Add the reason' }).click();
    await expect(user.getByText('To find out who left.')).toBeVisible();

    const admin = await newVisitor();
    await signInToDashboard(admin, product.issuer, 'admin@example.com');
    const named = '“An app on SDK v2” not verified';
    await expect(
      admin.getByRole('listitem').filter({ hasText: 'user@example.com asks for admin:users' }),
    ).toContainText(named);
    await openFromQueue(admin, 'user@example.com', 'admin:users');
    await expect(admin.getByText('To find out who left.')).toBeVisible();
    await expect(admin.getByText(named)).toBeVisible();
    await admin.getByRole('button', { name: 'Approve…' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Approve this request?' });
    await expect(dialog).toContainText(named);
    await dialog.getByRole('button', { name: 'Back' }).click();
    await expect(admin.getByText('Asked for in an authorization request of the client')).toBeVisible();
    await approveOpened(admin);

    await expect(user.getByText('You can close this page.')).toBeVisible();
    expect(await outcome).toMatchObject({ kind: 'result', isError: false });
    expect(JSON.stringify(await outcome)).toContain('manager@example.com');
  } finally {
    await program.stop();
  }
});

test('denied: the user reads the reason, the client is told, and asks nobody again', async ({
  product,
  newVisitor,
}) => {
  const program = await connected(product.issuer, product.ports.mcp, await newVisitor());
  const { client, user } = program;
  try {
    const outcome = client.call('list_users');
    await expect(user.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();
    const admin = await newVisitor();
    await signInToDashboard(admin, product.issuer, 'admin@example.com');
    await openFromQueue(admin, 'user@example.com', 'admin:users');
    await admin.getByRole('button', { name: 'Deny…' }).click();
    await admin.getByRole('button', { name: 'Not needed for this task.' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Deny', exact: true }).click();

    await expect(user.getByRole('heading', { name: 'Denied by admin@example.com' })).toBeVisible();
    await expect(user.getByText('Not needed for this task.')).toBeVisible();
    await expectAccessible(user, 'waiting page, denied');
    await user.getByRole('link', { name: 'Return now' }).click();
    await expect(user.getByRole('heading', { name: 'Returning to' })).toBeVisible();
    await expect(user.getByText('You can close this page.')).toBeVisible();
    expect(await outcome).toMatchObject({ kind: 'failed' });
    expect(JSON.stringify(await outcome)).toContain('Not needed for this task.');
    expect(await client.call('list_users')).toMatchObject({ kind: 'result', isError: true });
  } finally {
    await program.stop();
  }
});

test('left and found again on one’s own access page, and withdrawn there by keyboard on a phone', async ({
  product,
  newVisitor,
}) => {
  const program = await connected(
    product.issuer,
    product.ports.mcp,
    await newVisitor({ viewport: { width: 360, height: 740 } }),
  );
  const { client, user } = program;
  try {
    const outcome = client.call('list_users');
    await expect(user.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();
    const address = user.url();
    await user.getByRole('link', { name: 'your access' }).click();
    await user.getByRole('link', { name: 'Sign in' }).click();
    await expect(user.getByRole('heading', { name: 'Your access' })).toBeVisible();
    await expect(user.getByRole('radio', { name: 'Your requests' })).toBeChecked();
    await user.getByRole('link', { name: 'See what waits for admin:users' }).click();
    await expect(user).toHaveURL(address);
    expect(await user.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const withdraw = user.getByRole('button', { name: 'Withdraw…' });
    await withdraw.focus();
    await user.keyboard.press('Enter');
    const confirm = user.getByRole('dialog').getByRole('button', { name: 'Withdraw it' });
    await expect(confirm).not.toBeFocused();
    await confirm.focus();
    await user.keyboard.press('Enter');
    await expect(user.getByText('You can close this page.')).toBeVisible();
    expect(JSON.stringify(await outcome)).toContain('the person withdrew the request');
  } finally {
    await program.stop();
  }
});

test('an approver ticks some of what is asked, and the client’s code is for that', async ({ product, newVisitor }) => {
  const app = await outsideApp(product, { client_name: 'Desktop helper' });
  try {
    const user = await newVisitor();
    await user.goto(await app.ask('none admin:system read:user-data'));
    await fillSignIn(user, 'user@example.com');
    await user.getByRole('button', { name: 'Let it act for me' }).click();
    await expect(user.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();

    const admin = await newVisitor();
    await signInToDashboard(admin, product.issuer, 'admin@example.com');
    await openFromQueue(admin, 'user@example.com', 'admin:system');
    await admin.getByRole('button', { name: 'Approve…' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Approve this request?' });
    const system = dialog.getByRole('checkbox', { name: 'admin:system Critical risk' });
    await expect(dialog.getByText('Critical risk')).toHaveCount(2);
    await system.uncheck();
    // What is left is as risky as that is; the other says so of itself.
    await expect(dialog.getByText('Critical risk')).toHaveCount(1);
    await expect(dialog.getByText('Medium risk')).toHaveCount(2);
    await expect(dialog.getByText('This is a critical permission')).toHaveCount(0);
    await expectAccessible(admin, 'approving some of several scopes');
    await dialog.getByRole('button', { name: 'Approve 1 of 2' }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'Approved: read:user-data' })).toBeVisible();
    await user.getByRole('button', { name: 'Stay here' }).click();
    await expect(user.getByRole('heading', { name: 'Granted in part' })).toBeVisible();
    const asked = user.getByRole('region', { name: 'What was asked' });
    await expect(asked.getByText('not granted')).toHaveCount(1);
    await expect(user.getByText('Not granted: admin:system')).toBeVisible();
    await expectAccessible(user, 'waiting page, granted in part');
    await user.getByRole('link', { name: 'Return now' }).click();

    const tokens = await app.tokens(user);
    expect(tokens.scope).toBe('none read:user-data');

    await user.goto(product.chatUrl);
    await user.getByRole('link', { name: 'Sign in' }).click();
    await user.goto(`${product.chatUrl}/access?show=requests`);
    const listed = user.getByRole('list', { name: 'Your requests' }).getByRole('listitem');
    const partly = listed.filter({ hasText: 'Desktop helper' });
    await expect(partly).toContainText('Approved in part');
    await expect(partly).toContainText('admin:systemnot granted');
    await expect(partly).not.toContainText('read:user-datanot granted');
    await expectAccessible(user, 'a request that was approved in part');
  } finally {
    app.stop();
  }
});

test('an outage while it waits is said at once, and is over by itself', async ({ product, browser }) => {
  const app = await outsideApp(product, { client_name: 'Patient app' });
  // A visitor of its own: what fails here is logged as an error by the browser.
  const context = await browser.newContext();
  const user = await context.newPage();
  try {
    await user.goto(await app.ask('none admin:users'));
    await fillSignIn(user, 'user@example.com');
    await user.getByRole('button', { name: 'Let it act for me' }).click();
    const waits = user.getByRole('heading', { name: 'Waiting for a decision' });
    await expect(waits).toBeVisible();
    const lost = user.getByRole('status').filter({ hasText: 'Connection lost, trying again…' });
    await expect(lost).toBeHidden();

    await user.route('**/api/events', (route) => route.abort());
    await user.reload();
    await expect(lost).toBeVisible();
    await expect(waits).toBeVisible();
    await user.unroute('**/api/events');
    await expect(lost).toBeHidden();

    // The stream is not all there is: an answer that fails is said, too.
    await user.route('**/api/step-ups/*', (route) => route.fulfill({ status: 503, json: {} }));
    await user.reload();
    await expect(lost).toBeVisible();
    await user.unroute('**/api/step-ups/*');
    await expect(waits).toBeVisible();
    await expect(lost).toBeHidden();
    await user.getByRole('button', { name: 'Withdraw…' }).click();
    await user.getByRole('dialog').getByRole('button', { name: 'Withdraw it' }).click();
    await expect(user.getByText('The client has its answer.')).toBeVisible();
  } finally {
    app.stop();
    await context.close();
  }
});
