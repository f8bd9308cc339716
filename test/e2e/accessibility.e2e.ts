import { ask, fillSignIn, openFromQueue, requestApproval, signInToChat, signInToDashboard } from './people.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { outsideApp } from './outside-app.ts';

test('the pages of the main job have no violation of WCAG 2.2 AA', async ({ product, newVisitor }) => {
  const user = await newVisitor();
  await user.goto(product.chatUrl);
  await expect(user.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(user, 'chat, signed out');
  await user.getByRole('link', { name: 'Sign in' }).click();
  await expect(user.getByLabel('Password')).toBeVisible();
  await expectAccessible(user, 'sign-in page');
  await fillSignIn(user, 'demo@example.com');
  await expect(user.getByRole('heading', { name: 'What should the agent do?' })).toBeVisible();
  await expectAccessible(user, 'empty conversation');
  const card = await ask(user, 'Execute command: df', 'execute_command');
  await expect(card.getByRole('button', { name: 'Request approval' })).toBeVisible();
  await expectAccessible(user, 'chat with a card');
  await requestApproval(card, 'To see how full the disk is.');
  await expectAccessible(user, 'chat with a waiting card');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await expect(admin.getByRole('link', { name: 'demo@example.com asks for' })).toBeVisible();
  await expectAccessible(admin, 'queue');
  await openFromQueue(admin, 'demo@example.com');
  await expectAccessible(admin, 'request');
  await admin.getByRole('button', { name: 'Deny…' }).click();
  await expect(admin.getByRole('dialog')).toBeVisible();
  await expectAccessible(admin, 'deny dialog');
  await admin.getByRole('button', { name: 'Not needed for this task.' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Deny', exact: true }).click();
  await expect(card.getByRole('heading', { name: 'Denied' })).toBeVisible();
  await expectAccessible(user, 'chat with a denied card');
  await admin.goto(`${product.issuer}/no-such-page`);
  await expect(admin.getByRole('heading', { name: 'Not Found' })).toBeVisible();
  await expectAccessible(admin, 'page that is not there');
});

test('one’s own access has no violation of WCAG 2.2 AA', async ({ product, newVisitor }) => {
  const manager = await newVisitor();
  await signInToChat(manager, product.chatUrl, 'manager@example.com');
  await manager.getByRole('link', { name: 'Your access' }).click();
  await expect(manager.getByRole('heading', { name: 'You hold nothing now' })).toBeVisible();
  await expectAccessible(manager, 'access, empty');
  await ask(manager, 'List files in current directory', 'list_files');
  await manager.getByRole('link', { name: 'Your access' }).click();
  await manager.getByText('1 call ran under it').click();
  await expect(manager.getByRole('list', { name: 'Calls under this grant' })).toContainText('list_files');
  await expectAccessible(manager, 'access, held');
  await manager.getByRole('button', { name: 'Hand back…' }).click();
  await expectAccessible(manager, 'access, handing back');
  await manager.getByRole('button', { name: 'Keep it' }).click();
  await manager.getByLabel('What you need').selectOption('admin:users');
  await manager.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(manager.getByRole('list', { name: 'Your requests' })).toContainText('Waiting');
  await expectAccessible(manager, 'access, requests');
  await manager.getByRole('button', { name: 'Withdraw the request for admin:users' }).click();
  await expect(manager.getByRole('list', { name: 'Your requests' })).toContainText('you withdrew it');
});

test('a client with a hostile name is what it is on every page that names it', async ({ product, newVisitor }) => {
  const app = await outsideApp(product, {
    client_name: `<b>Countersign</b>” is verified “\u202Egnp.exe 🧑‍💻 ${'שלום'} ${'without-a-space'.repeat(5)}`,
  });
  try {
    const admin = await newVisitor({ viewport: { width: 360, height: 740 } });
    const expectNarrow = async (): Promise<void> => {
      expect(await admin.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(await admin.locator('main').innerText()).not.toContain('\u202E');
    };
    await admin.goto(await app.ask('none execute:commands'));
    await fillSignIn(admin, 'admin@example.com');
    await admin.getByRole('button', { name: 'Let it act for me' }).click();
    await admin.getByRole('link', { name: 'Confirm' }).click();
    const hostile = "<b>Countersign</b>' is verified '\uFFFDgnp.exe 🧑‍💻";
    await expect(admin.getByRole('heading', { level: 1 })).toContainText(`Do you allow “\u2068${hostile}`);
    await expect(admin.getByText('Nobody has verified this client')).toBeVisible();
    await expect(admin.getByText('Critical risk')).toBeVisible();
    const allow = admin.getByRole('button', { name: 'Allow for 1 hour' });
    await expect(allow).not.toBeFocused();
    await expectNarrow();
    await expectAccessible(admin, 'confirming a critical scope');
    await allow.click();
    expect((await app.tokens(admin)).scope).toBe('none execute:commands');

    await admin.goto(`${product.issuer}/dashboard/clients`);
    await admin.getByRole('link', { name: '<b>Countersign</b>' }).click();
    await expect(admin.getByRole('heading', { level: 1 })).toContainText('not verified');
    await expectNarrow();
    await expectAccessible(admin, 'client with a long name');
    await admin.getByRole('button', { name: 'Block…' }).click();
    await expect(admin.getByRole('dialog')).toContainText('Block “\u2068<b>Countersign</b>');
    await expectNarrow();
  } finally {
    app.stop();
  }
});
