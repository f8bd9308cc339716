import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { ask, fillSignIn, signInToChat, signInToDashboard } from './people.ts';

test.use({ policyVariant: 'own consent' });

const developer = 'demo@example.com';
/** Approves other scopes, so that the dashboard is open to them. */
const manager = 'manager@example.com';

/** Asks for the scope of a parked call and opens the consent page that the card leads to. */
async function goOnToConsent(card: Locator): Promise<Page> {
  await expect(card.getByRole('heading', { name: 'This needs your own consent' })).toBeVisible();
  await card.getByLabel('Why do you need it?').fill('To see how long it has been up.');
  await card.getByRole('button', { name: 'Go on to consent' }).click();
  await expect(card.getByRole('heading', { name: 'Waiting for your own consent' })).toBeVisible();
  const opened = card.page().context().waitForEvent('page');
  await card.getByRole('link', { name: 'Decide on the consent page' }).click();
  const page = await opened;
  await expect(page.getByRole('heading', { name: 'Do you allow Countersign chat to do this?' })).toBeVisible();
  return page;
}

/** Signs in again when the sign-in is no longer fresh, and comes back; then allows. */
async function allow(page: Page, email: string): Promise<void> {
  const again = page.getByRole('link', { name: 'Sign in again to allow' });
  if (await again.isVisible()) {
    await again.click();
    await fillSignIn(page, email);
  }
  await page.getByRole('button', { name: 'Allow for' }).click();
  await expect(page.getByRole('heading', { name: 'Allowed' })).toBeVisible();
}

test('the person consents after signing in again, and the call goes on by itself', async ({ product, newVisitor }) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, developer);
  const card = await ask(user, 'Execute command: uptime', 'execute_command');
  const consent = await goOnToConsent(card);
  await expect(consent.getByText('uptime', { exact: true })).toBeVisible();
  await expect(consent.getByText('To see how long it has been up.')).toBeVisible();
  await expect(consent.getByRole('region', { name: 'What you would allow' })).toContainText('execute:commands');
  await expect(consent.getByLabel('For how long')).toHaveValue('3600');
  // Nothing that decides has the focus, and Enter decides nothing.
  await expect(consent.getByRole('button', { name: /Allow for|Refuse/ }).and(consent.locator(':focus'))).toHaveCount(0);
  await consent.keyboard.press('Enter');

  const again = consent.getByRole('link', { name: 'Sign in again to allow' });
  await expect(again).toBeVisible({ timeout: 30_000 });
  await expect(consent.getByRole('button', { name: 'Allow for' })).toHaveCount(0);
  await expectAccessible(consent, 'consent page, stale sign-in');
  await again.click();
  await fillSignIn(consent, developer);
  await consent.getByLabel('For how long').selectOption({ label: '15 minutes' });
  await consent.getByRole('button', { name: 'Allow for 15 minutes' }).click();
  await expect(consent.getByRole('heading', { name: 'Allowed' })).toBeVisible();
  await expectAccessible(consent, 'consent page, allowed');
  await expect(user.getByRole('log', { name: 'Conversation' })).toContainText('Output of uptime');
  await expect(card).toContainText(`Approved by ${developer}`);

  await consent.getByRole('link', { name: 'Back to the conversation' }).click();
  expect(new URL(consent.url()).origin).toBe(product.chatUrl);
  await expect(consent.getByRole('log', { name: 'Conversation' })).toContainText('Output of uptime');
});

test('it is theirs alone: an admin can only look, others find nothing, and a refusal is a refusal', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor({ viewport: { width: 360, height: 740 } });
  await user.goto(product.chatUrl);
  await user.getByRole('link', { name: 'Sign in' }).click();
  await fillSignIn(user, 'user@example.com');
  await user.getByLabel('Message to the agent').fill('Execute command: df');
  await user.getByLabel('Message to the agent').press('Enter');
  const card = user.getByRole('group', { name: 'Call of execute_command' });
  const consent = await goOnToConsent(card);
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await consent.evaluate(overflow)).toBeLessThanOrEqual(0);
  await expectAccessible(consent, 'consent page on a phone');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await admin.getByRole('link', { name: 'user@example.com asks for' }).click();
  await expect(admin.getByText('Policy leaves this to the person who asked')).toBeVisible();
  await expect(admin.getByRole('button', { name: 'Approve…' })).toBeDisabled();
  await admin.goto(consent.url());
  await expect(admin.getByRole('heading', { name: 'Nothing here to decide' })).toBeVisible();
  await expectAccessible(admin, 'consent page of somebody else');

  await consent.getByRole('button', { name: 'Refuse' }).click();
  await expect(consent.getByRole('heading', { name: 'Refused' })).toBeVisible();
  await expect(card.getByRole('heading', { name: 'Denied' })).toBeVisible();
});

test('whoever is signed out signs in first and comes back to this page, and to no other site', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, 'manager@example.com');
  const consent = await goOnToConsent(await ask(user, 'Execute command: date', 'execute_command'));
  const address = consent.url();
  const elsewhere = await newVisitor();
  const answer = await elsewhere.goto(address);
  expect(answer?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
  await fillSignIn(elsewhere, 'manager@example.com');
  await expect(elsewhere).toHaveURL(address);
  await allow(elsewhere, 'manager@example.com');
  await expect(user.getByRole('log', { name: 'Conversation' })).toContainText('Output of date');

  const lured = await newVisitor();
  await lured.goto(`${product.issuer}/sign-in?return_to=${encodeURIComponent('//evil.example/consent/x')}`);
  await fillSignIn(lured, 'manager@example.com');
  await expect(lured.getByRole('heading', { name: 'Sign in' })).toHaveCount(0);
  expect(new URL(lured.url()).origin).toBe(product.issuer);
});

test('in the dashboard one’s own consent is named for what it is and leads to its page', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  await signInToDashboard(user, product.issuer, manager);
  await user.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Tools' }).click();
  await user.getByRole('button', { name: 'Try execute_command' }).click();
  const dialog = user.getByRole('dialog', { name: 'Try execute_command' });
  await dialog.getByLabel('command').fill('echo own consent');
  await dialog.getByRole('button', { name: 'Call it' }).click();
  await dialog.getByRole('button', { name: 'Ask for it' }).click();
  await expect(dialog.getByText('This is yours to allow, on its consent page;')).toBeVisible();
  await expect(dialog.getByText('Somebody else decides')).toHaveCount(0);
  await expectAccessible(user, 'a tool that waits for own consent');
  const address = await dialog.getByRole('link', { name: 'Decide on the consent page' }).getAttribute('href');
  await dialog.getByRole('link', { name: 'Your request' }).click();
  await expect(user.getByText('Waiting for their own consent')).toBeVisible();
  await expect(user.getByText('Waiting for an approver')).toHaveCount(0);
  const link = user.getByRole('link', { name: 'Decide on the consent page' });
  expect(await link.getAttribute('href')).toBe(address);
  await link.click();
  await allow(user, manager);
});
