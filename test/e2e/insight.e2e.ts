import type { Page } from '@playwright/test';
import { signedIn } from '../support/visitor.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { approveOpened, openFromQueue, signInToDashboard } from './people.ts';

const open = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();

/** No page is wider than the narrowest phone that counts. */
async function expectToFit(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: 320, height: 700 });
  const wider = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(wider, `${what} at 320 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('a tool is tried, asked for, approved by another, called; its grant is looked at and revoked', async ({
  product,
  newVisitor,
}) => {
  const auditor = await newVisitor();
  await signInToDashboard(auditor, product.issuer, 'auditor@example.com');
  await open(auditor, 'Tools');
  await expect(auditor.getByText('What you may call through Countersign dashboard.')).toBeVisible();
  await expectAccessible(auditor, 'tools');
  await expectToFit(auditor, 'tools');
  await auditor.getByRole('button', { name: 'Try execute_command' }).click();
  const dialog = auditor.getByRole('dialog', { name: 'Try execute_command' });
  await dialog.getByRole('button', { name: 'Call it' }).click();
  await expect(dialog.getByLabel('command')).toHaveAccessibleDescription('This is needed.');
  await dialog.getByLabel('command').fill('echo insight');
  await dialog.getByRole('button', { name: 'Call it' }).click();
  await expect(dialog.getByText('which you do not hold')).toBeVisible();
  await dialog.getByLabel('Why do you need it?').fill('To see it run.');
  await dialog.getByRole('button', { name: 'Ask for it' }).click();
  await expect(dialog.getByText('You asked. Somebody else decides;')).toBeVisible();
  await expectAccessible(auditor, 'a tool that was asked for');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'auditor@example.com');
  await approveOpened(admin);
  await expect(dialog.getByText('Approved by admin@example.com.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Call again' }).click();
  await expect(dialog.getByText('It ran.')).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Result' })).toContainText('insight');

  await open(admin, 'Grants');
  await admin.getByLabel('Search grants').fill('auditor execute');
  const grants = admin.getByRole('list', { name: 'Grants' }).getByRole('listitem');
  await expect(grants).toHaveCount(1);
  await expect(admin).toHaveURL(/\?q=auditor\+execute/);
  await expectAccessible(admin, 'grants');
  await expectToFit(admin, 'grants');
  await grants.getByRole('link', { name: 'what ran' }).click();
  await expect(admin.getByRole('heading', { name: 'Grant of auditor@example.com' })).toBeVisible();
  await expect(admin.getByRole('region', { name: 'Calls' })).toContainText('execute_command');
  await expect(admin.getByText('To see it run.')).toBeVisible();
  await expectAccessible(admin, 'a grant');
  await expectToFit(admin, 'a grant');
  await admin.getByRole('button', { name: 'Revoke…' }).click();
  const revoke = admin.getByRole('dialog', { name: 'Revoke this grant?' });
  await revoke.getByLabel('Reason').fill('Seen enough.');
  await expectAccessible(admin, 'revoke dialog');
  await revoke.getByRole('button', { name: 'Revoke', exact: true }).click();
  const done = admin.getByRole('dialog', { name: 'Revoked' });
  await expect(done.getByText('execute:commands of auditor@example.com: revoked')).toBeVisible();
  await done.getByRole('button', { name: 'Close' }).click();
  await expect(admin.getByText('Seen enough.')).toBeVisible();
});

test('grants of one person are revoked together, and an auditor revokes none', async ({ product, newVisitor }) => {
  const demo = await signedIn(product.issuer, 'demo@example.com');
  expect((await demo.post('/api/tools/list_files/call', { arguments: {} })).body).toMatchObject({
    status: 'succeeded',
  });
  const auditor = await newVisitor();
  await signInToDashboard(auditor, product.issuer, 'auditor@example.com');
  await auditor.goto(`${product.issuer}/dashboard/grants?q=demo`);
  const revoke = auditor.getByRole('button', { name: 'Revoke…' }).first();
  await expect(revoke).toBeDisabled();
  await expect(revoke).toHaveAccessibleDescription('Only approvers of these scopes can revoke it.');

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await open(admin, 'Grants');
  await admin.getByRole('button', { name: 'Only grants of demo@example.com' }).first().click();
  await admin.getByRole('button', { name: 'Revoke all of theirs…' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(admin.getByRole('dialog').getByText('read:files of demo@example.com: revoked').first()).toBeVisible();
  await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(admin.getByText('No grant matches the filters')).toBeVisible();
});

test('the audit log is filtered, read, verified and taken along', async ({ product, newVisitor }) => {
  const page = await newVisitor();
  await signInToDashboard(page, product.issuer, 'auditor@example.com');
  await open(page, 'Audit');
  const entries = page.getByRole('list', { name: 'Audit entries, newest first' }).getByRole('listitem');
  await expect(entries.first()).toContainText('Signed in');
  await expectAccessible(page, 'audit');
  await expectToFit(page, 'audit');
  await page.getByLabel('Kind of entry').selectOption('Policy activated');
  await expect(entries).toHaveCount(1);
  await expect(page).toHaveURL(/\?type=policy\.activated/);
  await entries.getByRole('button').click();
  const entry = page.getByRole('dialog', { name: 'Policy activated' });
  await expect(entry.getByText('policy.activated')).toBeVisible();
  await expectAccessible(page, 'an audit entry');
  const address = page.url();
  await entry.getByRole('button', { name: 'Close' }).click();
  await page.goto(address);
  await expect(page.getByRole('dialog', { name: 'Policy activated' })).toBeVisible();
  await page.keyboard.press('Escape');

  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as CSV' }).click();
  expect((await file).suggestedFilename()).toMatch(/^countersign-audit-.*\.csv$/);

  await page.getByRole('button', { name: 'Verify…' }).click();
  const verify = page.getByRole('dialog', { name: 'Verify the audit log' });
  await verify.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(verify.getByText(/^The log is intact: \d+ entries/)).toBeVisible();
  await expectAccessible(page, 'verified');

  // What comes in while somebody reads waits until it is wanted.
  await verify.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(entries.nth(1)).toBeVisible();
});

test('policy and overview say in words and pictures what is in force and what happens', async ({
  product,
  newVisitor,
}) => {
  const page = await newVisitor();
  await signInToDashboard(page, product.issuer, 'auditor@example.com');
  await open(page, 'Policy');
  const scope = page.getByRole('article', { name: 'execute:commands' });
  await expect(scope).toContainText('Ask somebody who holds the role admin');
  await expect(scope).toContainText('One person can decide now');
  await expectAccessible(page, 'policy');
  await expectToFit(page, 'policy');
  await page.getByText('History').click();
  await expect(page.getByRole('list', { name: 'Versions, newest first' })).toContainText(
    'from the policy file on disk',
  );
  await expectAccessible(page, 'policy history');

  await open(page, 'Overview');
  await expect(page.getByRole('img', { name: 'How requests ended, by day' })).toBeVisible();
  await page.getByText('The numbers as a table').click();
  await expect(page.getByRole('row')).toHaveCount(31);
  await expectAccessible(page, 'overview');
  await expectToFit(page, 'overview');
});
