import { approveOpened, ask, openFromQueue, requestApproval, signInToChat, signInToDashboard } from './people.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';

test.use({ agent: 'scripted model' });

test('words appear as the model says them, and Stop keeps what was said', async ({ product, model, newVisitor }) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, 'demo@example.com');
  model.script({ slowly: ['The **first** words', ' come early'], everyMs: 300, hang: true });
  await user.getByLabel('Message to the agent').fill('Tell me something long.');
  await user.getByLabel('Message to the agent').press('Enter');
  const conversation = user.getByRole('log', { name: 'Conversation' });
  await expect(conversation).toContainText('The first words come early');
  await expectAccessible(user, 'chat while the agent speaks');
  await user.getByRole('button', { name: 'Stop' }).click();
  await expect(user.getByText('You stopped this turn.')).toBeVisible();
  await expect(conversation).toContainText('The first words come early');
  await user.reload();
  await expect(conversation).toContainText('The first words come early');

  model.script({ say: 'Yes, I go on.' });
  await user.getByLabel('Message to the agent').fill('Are you still there?');
  await user.getByLabel('Message to the agent').press('Enter');
  await expect(conversation).toContainText('Yes, I go on.');
});

test('the browser tells somebody who is looking elsewhere that it was decided', async ({
  product,
  model,
  newVisitor,
}) => {
  const user = await newVisitor();
  await user.addInitScript(() => {
    const told: string[] = [];
    class SeenNotice {
      static permission = 'granted';
      onclick: unknown = null;
      constructor(title: string, options: { body: string }) {
        told.push(`${title}: ${options.body}`);
      }
      close(): void {
        told.push('closed');
      }
    }
    Object.assign(globalThis, { Notification: SeenNotice, told });
  });
  await signInToChat(user, product.chatUrl, 'user@example.com');
  model.script(
    { call: 'execute_command', args: '{"command":"uptime"}' },
    { say: 'I asked for your permission.' },
    { say: 'It has been up for long.' },
  );
  await requestApproval(await ask(user, 'How long has it been up?', 'execute_command'));
  await expect(user.getByText('Your browser tells you when it is decided.')).toBeVisible();
  // What the browser does when another tab is looked at; headless pages are never hidden by themselves.
  await user.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, value: true });
    document.dispatchEvent(new Event('visibilitychange'));`,
  );

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'user@example.com');
  await approveOpened(admin);
  await expect(user).toHaveTitle(/^\(1\)/);
  await expect
    .poll(() => user.evaluate(() => (globalThis as unknown as { told: string[] }).told))
    .toEqual(['Approved: admin@example.com approved your request. The agent carries on.']);
});
