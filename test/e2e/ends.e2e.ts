import { ask, openFromQueue, requestApproval, signInToChat, signInToDashboard } from './people.ts';
import { expect, test } from './fixtures.ts';

test('denied: the conversation says who refused and why', async ({ product, newVisitor }) => {
  const requester = await newVisitor();
  await signInToChat(requester, product.chatUrl, 'demo@example.com');
  const card = await ask(requester, 'Execute command: whoami', 'execute_command');
  await requestApproval(card);

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'demo@example.com');
  await admin.getByRole('button', { name: 'Deny…' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Deny this request?' });
  await expect(dialog.getByRole('button', { name: 'Deny', exact: true })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('Not on a Sunday.');
  await dialog.getByRole('button', { name: 'Deny', exact: true }).click();

  await expect(card.getByRole('heading', { name: 'Denied' })).toBeVisible();
  await expect(card).toContainText('admin@example.com said no.');
  await expect(card).toContainText('Not on a Sunday.');
  await expect(card.getByRole('button', { name: 'Ask again' })).toBeVisible();
  await expect(admin.getByRole('status').filter({ hasText: 'Denied: execute:commands' })).toBeVisible();
});

test('cancelled: the requester takes it back, and it leaves the queue', async ({ product, newVisitor }) => {
  const requester = await newVisitor();
  await signInToChat(requester, product.chatUrl, 'auditor@example.com');
  const card = await ask(requester, 'Execute command: date', 'execute_command');
  await requestApproval(card);

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  const waiting = admin.getByRole('link', { name: 'auditor@example.com asks for execute:commands' });
  await expect(waiting).toBeVisible();
  await card.getByRole('button', { name: 'Cancel' }).click();

  await expect(card.getByRole('heading', { name: 'Withdrawn' })).toBeVisible();
  await expect(requester.getByRole('log', { name: 'Conversation' })).toContainText('You withdrew the request');
  await expect(waiting).toBeHidden();
});

test('expired: nobody answered, which is no refusal', async ({ product, newVisitor }) => {
  const requester = await newVisitor();
  await signInToChat(requester, product.chatUrl, 'auditor@example.com');
  const card = await ask(requester, 'List files in current directory', 'list_files');
  await requestApproval(card);
  await expect(card.getByRole('heading', { name: 'Nobody answered in time' })).toBeVisible({ timeout: 15_000 });
  await expect(card).toContainText('This is not a refusal');
  await expect(card).not.toContainText('said no');
  await card.getByRole('button', { name: 'Ask again' }).click();
  await expect(card.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();
});
