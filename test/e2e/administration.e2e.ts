import type { Page } from '@playwright/test';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import {
  approveOpened,
  ask,
  fillSignIn,
  openFromQueue,
  requestApproval,
  signInToChat,
  signInToDashboard,
} from './people.ts';

async function openPerson(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'People' }).click();
  await page.getByRole('list', { name: 'People' }).getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Ticks and unticks roles in the dialog and sends it. */
async function chooseRoles(page: Page, change: Record<string, boolean>): Promise<void> {
  await page.getByRole('button', { name: 'Change roles…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Change roles', exact: true })).toBeDisabled();
  for (const [role, held] of Object.entries(change))
    await dialog.getByRole('checkbox', { name: role }).setChecked(held);
  await dialog.getByLabel('Why').fill('For the holidays.');
  await dialog.getByRole('button', { name: 'Change roles', exact: true }).click();
  await expect(dialog).toBeHidden();
}

const roles = (page: Page) => page.getByRole('region', { name: 'Roles' }).getByRole('list', { name: 'Roles' });

test('roles change through another person’s approval, in the chat and on the page', async ({ product, newVisitor }) => {
  const manager = await newVisitor();
  await signInToChat(manager, product.chatUrl, 'manager@example.com');
  const card = await ask(manager, '/roles demo@example.com developer, admin', 'set_user_roles');
  await requestApproval(card, 'Ada goes on holiday.');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'manager@example.com');
  await approveOpened(admin);
  await expect(card).toContainText('Approved by admin@example.com');

  // Now there are two admins, and each needs the other.
  await openPerson(admin, 'Max Manager');
  await expect(roles(admin)).toHaveText('manageruser');
  await chooseRoles(admin, { developer: true });
  await expect(admin.getByText('Waiting for another person.', { exact: true })).toBeVisible();
  await expect(admin.getByRole('button', { name: 'Change roles…' })).toBeDisabled();
  await admin.reload();
  await expect(admin.getByText('Waiting for another person.', { exact: true })).toBeVisible();

  const demo = await newVisitor();
  await signInToDashboard(demo, product.issuer, 'demo@example.com');
  await openFromQueue(demo, 'admin@example.com');
  await approveOpened(demo);
  // Not on the request's page when the role goes: it would be asked for once more, by somebody who may not see it.
  await demo.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Queue' }).click();
  await expect(demo.getByRole('heading', { name: 'Queue', level: 1 })).toBeVisible();

  await expect(roles(admin)).toHaveText('developermanageruser');
  await expect(admin.getByText('Waiting for another person.', { exact: true })).toBeHidden();

  // The grant lives for an hour: the next change needs nobody, but for one's own.
  await chooseRoles(admin, { developer: false });
  await expect(roles(admin)).toHaveText('manageruser');
  await openPerson(admin, 'Dana Developer');
  await chooseRoles(admin, { admin: false });
  await expect(roles(admin)).toHaveText('developer');
  await expect(demo.getByRole('heading', { name: 'The dashboard is not open to you' })).toBeVisible();

  await openPerson(admin, 'Ada Admin');
  for (const name of ['Change roles…', 'Disable…']) {
    const button = admin.getByRole('button', { name });
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription('This is you: another admin has to.');
  }
});

test('disabling somebody ends the command that waits for them, in the name of the admin', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, 'user@example.com');
  await requestApproval(await ask(user, 'Execute command: uptime', 'execute_command'));
  const conversation = user.url();

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'user@example.com');
  const request = admin.url();
  await openPerson(admin, 'Uma User');
  await admin.getByRole('button', { name: 'Disable…' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Disable Uma User?' });
  await dialog.getByLabel('Reason').fill('Left us.');
  await dialog.getByRole('button', { name: 'Disable', exact: true }).click();
  await expect(admin.getByText('Disabled', { exact: true }).first()).toBeVisible();
  await expect(admin.getByText('Signed in nowhere.')).toBeVisible();

  await expect(user.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await admin.goto(request);
  await expect(admin.getByText('Cancelled by admin@example.com')).toBeVisible();

  await openPerson(admin, 'Uma User');
  await admin.getByRole('button', { name: 'Enable again' }).click();
  await expect(admin.getByRole('button', { name: 'Disable…' })).toBeVisible();
  await user.getByRole('link', { name: 'Sign in' }).click();
  await fillSignIn(user, 'user@example.com');
  await expect(user.getByLabel('Message to the agent')).toBeVisible();
  await user.goto(conversation);
  await expect(user.getByRole('log', { name: 'Conversation' })).toContainText(
    'admin@example.com disabled the account: “Left us.”',
  );
});

test('a freeze stops what was possible a moment ago, everybody sees why, and lifting it lets work go on', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, 'demo@example.com');
  await ask(user, 'List files in current directory', 'list_files');
  await expect(user.getByRole('log', { name: 'Conversation' })).toContainText('inventory.csv');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await admin.getByRole('button', { name: 'Freeze…' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Freeze everything elevated?' });
  await expect(dialog.getByRole('button', { name: 'Freeze', exact: true })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('A laptop was stolen.');
  await dialog.getByRole('button', { name: 'Freeze', exact: true }).click();
  // The banner's words alone: conversations speak of the freeze too.
  const frozen = (page: Page) => page.getByText('Everything elevated is frozen.', { exact: true });
  for (const page of [admin, user]) {
    await expect(frozen(page)).toBeVisible();
    await expect(page.getByText('A laptop was stolen.')).toBeVisible();
  }
  await expectAccessible(admin, 'dashboard while frozen');
  await expectAccessible(user, 'chat while frozen');

  const other = await newVisitor();
  await signInToChat(other, product.chatUrl, 'user@example.com');
  const card = await ask(other, 'Execute command: uptime', 'execute_command');
  await requestApproval(card);
  await openFromQueue(admin, 'user@example.com');
  const approve = admin.getByRole('button', { name: 'Approve…' });
  await expect(approve).toBeDisabled();
  await expect(approve).toHaveAccessibleDescription(/frozen: nothing can be approved/);
  await expect(admin.getByRole('button', { name: 'Deny…' })).toBeEnabled();
  await card.getByRole('button', { name: 'Cancel' }).click();

  await ask(user, 'List files in current directory', 'list_files');
  const conversation = user.getByRole('log', { name: 'Conversation' });
  await expect(conversation).toContainText('needs the scope');
  await expect(conversation).not.toContainText('inventory.csv');

  await admin.getByRole('button', { name: 'Lift the freeze…' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Lift it' }).click();
  await expect(frozen(admin)).toBeHidden();
  await expect(frozen(user)).toBeHidden();
  await expect(conversation).toContainText('inventory.csv', { timeout: 20_000 });
});

test('people and clients have no violation of WCAG 2.2 AA', async ({ product, newVisitor }) => {
  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await admin.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'People' }).click();
  await expect(admin.getByRole('link', { name: 'Abe Auditor' })).toBeVisible();
  await expectAccessible(admin, 'people');
  await openPerson(admin, 'Uma User');
  await expectAccessible(admin, 'person');
  await admin.getByRole('button', { name: 'Change roles…' }).click();
  await expectAccessible(admin, 'dialog of roles');
  await admin.keyboard.press('Escape');
  await admin.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clients' }).click();
  await expect(admin.getByRole('link', { name: 'Countersign chat' })).toBeVisible();
  await expectAccessible(admin, 'clients');
  await admin.getByRole('link', { name: 'Countersign chat' }).click();
  await admin.getByRole('button', { name: 'Block…' }).click();
  await expect(admin.getByRole('dialog').getByRole('button', { name: 'Block', exact: true })).toBeDisabled();
  await expectAccessible(admin, 'client with its dialog of blocking');
});

test('an admin says how refused calls of a registered client are answered', async ({ product, newVisitor }) => {
  await fetch(`${product.issuer}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'A plain agent', redirect_uris: ['http://127.0.0.1:9123/callback'] }),
  });
  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await admin.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clients' }).click();
  await admin.getByRole('link', { name: 'A plain agent' }).click();
  const facts = admin.getByRole('region', { name: 'Client', exact: true });
  await expect(facts).toContainText('answered by a challenge (403)');
  await admin.getByRole('button', { name: 'Refused calls…' }).click();
  const dialog = admin.getByRole('dialog', { name: /in the tool’s result/ });
  // Nothing that commits has the focus.
  await expect(dialog.getByRole('button', { name: 'Change', exact: true })).not.toBeFocused();
  await expectAccessible(admin, 'client with its dialog of refused calls');
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(facts).toContainText('answered in the tool’s result');
});
