import { ask, fillSignIn, openFromQueue, requestApproval, signInToDashboard } from './people.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';

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
});
