import { approveOpened, openFromQueue, signInToChat, signInToDashboard } from './people.ts';
import { expect, test } from './fixtures.ts';

test('asked ahead of need, approved, seen without a reload, and handed back, on a phone', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  await user.setViewportSize({ width: 360, height: 740 });
  await signInToChat(user, product.chatUrl, 'user@example.com');
  await user.getByRole('button', { name: 'Show the conversations' }).click();
  await user.getByRole('dialog').getByRole('link', { name: 'Your access' }).click();
  await expect(user).toHaveURL(/\/access$/);
  await user.getByLabel('What you need').selectOption('admin:users');
  await user.getByLabel('Why').fill('To see who is on call.');
  await user.getByRole('button', { name: 'Ask', exact: true }).click();
  const requests = user.getByRole('list', { name: 'Your requests' });
  await expect(requests.getByRole('listitem').first()).toContainText('Waiting');
  const width = await user.evaluate<number>('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(360);

  const admin = await newVisitor();
  await signInToDashboard(admin, product.issuer, 'admin@example.com');
  await openFromQueue(admin, 'user@example.com');
  await approveOpened(admin);

  await expect(requests.getByRole('listitem').first()).toContainText('Approved');
  await user.getByText('Held now', { exact: true }).first().click();
  const grant = user.getByRole('list', { name: 'Held now' }).getByRole('listitem').filter({ hasText: 'admin:users' });
  await expect(grant).toContainText('admin@example.com');
  await expect(grant).toContainText('To see who is on call.');
  await expect(grant).toContainText('Nothing has run under it.');
  await grant.getByRole('button', { name: 'Hand back…' }).click();
  await user.getByRole('dialog').getByRole('button', { name: 'Hand back', exact: true }).click();
  await expect(grant).toHaveCount(0);
  await user.getByText('Ended', { exact: true }).click();
  await expect(user.getByRole('list', { name: 'Ended grants' })).toContainText('Handed back by you');
  await user.reload();
  await expect(user).toHaveURL(/\/access\?show=ended$/);
  await expect(user.getByRole('list', { name: 'Ended grants' })).toContainText('Handed back by you');
});
