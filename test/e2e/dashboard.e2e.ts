import { ask, fillSignIn, openFromQueue, requestApproval, signInToChat } from './people.ts';
import { expect, test } from './fixtures.ts';

test('one’s own request cannot be approved, and the page says why', async ({ product, newVisitor }) => {
  const admin = await newVisitor();
  await signInToChat(admin, product.chatUrl, 'admin@example.com');
  const card = await ask(admin, 'list users', 'list_users');
  await requestApproval(card);

  const dashboard = await admin.context().newPage();
  await dashboard.goto(`${product.issuer}/dashboard`);
  await openFromQueue(dashboard, 'admin@example.com');
  for (const name of ['Approve…', 'Deny…']) {
    const button = dashboard.getByRole('button', { name });
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription('You asked for this yourself: somebody else has to decide.');
  }

  await card.getByRole('button', { name: 'Cancel' }).click();
  await expect(dashboard.getByText('Cancelled by the requester.')).toBeVisible();
});

test('the dashboard is refused to a plain user, with a page that says why', async ({ product, newVisitor }) => {
  const user = await newVisitor();
  await user.goto(`${product.issuer}/dashboard`);
  const refused = user.waitForResponse((response) => new URL(response.url()).pathname === '/dashboard');
  await fillSignIn(user, 'user@example.com');
  expect((await refused).status()).toBe(403);
  await expect(user.getByRole('heading', { name: 'The dashboard is not open to you' })).toBeVisible();
  await expect(user.getByText('user@example.com')).toBeVisible();
  await expect(user.getByRole('link', { name: 'Go to the chat' })).toHaveAttribute('href', product.chatUrl);
});

test('an approver’s link tells whoever asked to pass it on, and where they withdraw it', async ({
  product,
  newVisitor,
}) => {
  const user = await newVisitor();
  await signInToChat(user, product.chatUrl, 'user@example.com');
  await requestApproval(await ask(user, 'list users', 'list_users'));

  const link = await user.context().newPage();
  const refused = await link.goto(`${product.issuer}/dashboard/requests/req_anything`);
  expect(refused?.status()).toBe(403);
  await expect(link.getByRole('heading', { name: 'This link is for an approver' })).toBeVisible();
  await expect(link.getByText('Pass it on')).toBeVisible();
  await expect(link.getByRole('link', { name: 'Sign in as somebody else' })).toHaveAttribute('href', /req_anything/);
  await link.getByRole('link', { name: 'Go to “Your access”' }).click();
  await expect(link).toHaveURL(`${product.chatUrl}/access?show=requests`);
  await link.getByRole('button', { name: 'Withdraw the request for admin:users' }).click();
  await expect(link.getByRole('list', { name: 'Your requests' })).not.toContainText('Waiting');
});
