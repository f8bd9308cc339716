import { approveOpened, ask, openFromQueue, requestApproval, signInToChat, signInToDashboard } from './people.ts';
import { expect, test } from './fixtures.ts';

test('a command waits for an approval, an admin approves it, its output appears by itself', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  const authorization = user.waitForRequest((request) => request.url().startsWith(`${product.issuer}/oauth/authorize`));
  await signInToChat(user, product.chatUrl, 'user@example.com');
  const sent = new URL((await authorization).url()).searchParams;
  expect(Object.fromEntries(sent)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256' });
  expect(new URL(user.url()).origin).toBe(product.chatUrl);

  const card = await ask(user, 'Execute command: ps aux | head -5', 'execute_command');
  await expect(card).toContainText('ps aux | head -5');
  await expect(card).toContainText('execute:commands');
  await requestApproval(card, 'I want to see what runs here.');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'user@example.com');
  await expect(admin.getByText('ps aux | head -5')).toBeVisible();
  await expect(admin.getByText('I want to see what runs here.')).toBeVisible();
  await approveOpened(admin);

  await expect(card).toContainText('Approved by admin@example.com');
  const conversation = user.getByRole('log', { name: 'Conversation' });
  await expect(conversation).toContainText('Output of ps aux | head -5');
  await expect(conversation).toContainText('COMMAND');
});

test('what the policy grants at once runs, with one quiet line about it', async ({ product, newVisitor }) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, 'demo@example.com');
  const card = await ask(user, 'List files in current directory', 'list_files');
  await expect(card).toContainText('read:files was granted at once by policy');
  await expect(card.getByRole('button')).toHaveCount(0);
  await expect(user.getByRole('log', { name: 'Conversation' })).toContainText('inventory.csv');
});

test('the tab closed before the approval and opened after it shows the output', async ({ product, newVisitor }) => {
  const first = await newVisitor();
  await signInToChat(first, product.chatUrl, 'manager@example.com');
  await requestApproval(await ask(first, 'Execute command: uptime', 'execute_command'));
  const address = first.url();
  await first.close();

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'manager@example.com');
  await approveOpened(admin);

  const second = await first.context().newPage();
  await second.goto(address);
  await expect(second.getByRole('log', { name: 'Conversation' })).toContainText('Output of uptime');
  await expect(second.getByRole('group', { name: 'Call of execute_command' })).toContainText('Approved by');
});
