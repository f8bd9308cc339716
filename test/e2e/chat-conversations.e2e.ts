import { approveOpened, ask, openFromQueue, requestApproval, signInToChat, signInToDashboard } from './people.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';

test('a conversation is named, deleted with what it waits for, and gone in another tab too', async ({
  product,
  newVisitor,
}) => {
  const page = await newVisitor();
  await signInToChat(page, product.chatUrl, 'user@example.com');
  const card = await ask(page, 'Execute command: echo to be renamed', 'execute_command');
  await requestApproval(card);
  await expect(page).toHaveURL(/\/c\/chat_/);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();

  const list = page.getByRole('navigation', { name: 'Conversations' });
  await list.getByRole('button', { name: 'Rename “Execute command: echo to be renamed”' }).click();
  const naming = page.getByRole('dialog', { name: 'Rename conversation' });
  await naming.getByLabel('Name').fill('How long it has been up');
  await expectAccessible(page, 'rename dialog');
  await naming.getByLabel('Name').press('Enter');
  await expect(list.getByRole('link', { name: 'How long it has been up' })).toBeVisible();
  await expect(other).toHaveTitle('How long it has been up · Countersign chat');

  await list.getByRole('button', { name: 'Delete “How long it has been up”' }).click();
  const deleting = page.getByRole('dialog', { name: 'Delete this conversation?' });
  await expect(deleting).toContainText('the request is withdrawn');
  await expect(deleting.getByRole('button', { name: 'Delete', exact: true })).not.toBeFocused();
  await expectAccessible(page, 'delete dialog');
  const missed: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 404) missed.push(response.url());
  });
  await deleting.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'What should the agent do?' })).toBeVisible();
  await expect(list.getByRole('link', { name: 'How long it has been up' })).toBeHidden();
  expect(missed).toEqual([]);
  await expect(other.getByRole('heading', { name: 'No such conversation' })).toBeVisible();
  await other.close();
});

test('nothing typed is lost: it survives a reload, and what is too long is neither cut nor sent', async ({
  product,
  newVisitor,
}) => {
  const page = await newVisitor();
  await signInToChat(page, product.chatUrl, 'demo@example.com');
  const field = page.getByLabel('Message to the agent');
  const typed = 'x'.repeat(11_204);
  await field.fill(typed);
  await expect(page.getByText('1,204 characters too many')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await field.press('Enter');
  await page.reload();
  await expect(field).toHaveValue(typed);
  await field.fill('/help');
  await field.press('Enter');
  await expect(page.getByRole('log', { name: 'Conversation' })).toContainText('I am the offline planner');
  await expect(field).toHaveValue('');
  await page.reload();
  await expect(field).toHaveValue('');
  const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
  expect(kept).toBe('{}');
});

test('a decision that comes while the tab is hidden shows in its title', async ({ product, newVisitor }) => {
  const page = await newVisitor();
  await signInToChat(page, product.chatUrl, 'manager@example.com');
  await requestApproval(await ask(page, 'Execute command: date', 'execute_command'));
  await page.evaluate(
    "Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }); document.dispatchEvent(new Event('visibilitychange'))",
  );
  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'manager@example.com');
  await approveOpened(admin);
  await expect(page).toHaveTitle(/^\(1\) Execute command: date/);
  await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
  await expect(page).toHaveTitle(/^Execute command: date/);
});
