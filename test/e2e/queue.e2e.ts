import type { Locator, Page } from '@playwright/test';
import type { RequestList, RequestStatusResponse } from '../../api/contract/scope-requests.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { fillSignIn, signInToDashboard } from './people.ts';

/** What these tests ask for. Nobody may have been given the scope by a test before: that would answer at once. */
const kinds = {
  medium: { scopes: ['read:user-data'], tool_name: 'get_user_info' },
  high: { scopes: ['erase:user-data'], tool_name: 'forget_user_data' },
} as const;

/** Asks for as many calls as there are names; the word finds them again among other tests’ requests. */
async function ask(
  { issuer }: { issuer: string },
  email: string,
  word: string,
  names: readonly string[],
  risk: keyof typeof kinds = 'medium',
): Promise<string[]> {
  const person = await signedIn(issuer, email);
  const ids: string[] = [];
  for (const user of names) {
    const asked = { ...kinds[risk], tool_args: { user }, justification: `For the test ${word}.` };
    const { body } = await person.post('/api/upgrade-scope', asked);
    expect(body).toMatchObject({ status: 'pending_admin_approval' });
    ids.push(String(body['approval_request_id']));
  }
  return ids;
}

async function openQueue(page: Page, issuer: string, word: string, email = 'admin@example.com'): Promise<Locator> {
  await signInToDashboard(page, issuer, email);
  await page.goto(`${issuer}/dashboard?q=${word}`);
  const rows = page.getByRole('list', { name: 'Waiting requests, oldest first' }).getByRole('listitem');
  await expect(rows.first()).toBeVisible();
  return rows;
}

const deny = (who: Visitor, id: string) => who.post(`/api/deny/${id}`, { reason: 'I was faster.' });

test('a queue of twenty is cleared by keyboard alone', async ({ product, newVisitor }) => {
  const names = Array.from({ length: 20 }, (_value, index) => `keyboard${index}`);
  await ask(product, 'user@example.com', 'twenty', names.slice(0, 10));
  await ask(product, 'demo@example.com', 'twenty', names.slice(10));
  const page = await newVisitor();
  await signInToDashboard(page, product.issuer, 'admin@example.com');
  await page.keyboard.press('/');
  await page.keyboard.type('twenty');
  await expect(page.getByText('20 waiting match')).toBeVisible();
  expect(new URL(page.url()).search).toBe('?q=twenty');
  const rows = page.getByRole('list', { name: 'Waiting requests, oldest first' }).getByRole('listitem');
  await expect(rows).toHaveCount(20);
  // Out of the field, so that the keys act.
  await page.keyboard.press('Tab');
  await page.locator(':focus').blur();
  await page.keyboard.press('j');
  for (const [index, name] of names.entries()) {
    await expect(page.locator('[data-request]:focus')).toBeVisible();
    await page.keyboard.press(index % 2 === 0 ? 'a' : 'd');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(name);
    if (index % 2 !== 0) await page.keyboard.type('Not needed.');
    // Enter alone sends nothing.
    if (index === 0) await page.keyboard.press('Enter');
    await expect(dialog).toBeVisible();
    await page.keyboard.press('Control+Enter');
    await expect(dialog).toBeHidden();
    await expect(rows).toHaveCount(19 - index);
  }
  await expect(page.getByRole('heading', { name: 'No request matches' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page.getByRole('heading', { name: 'Recent decisions' })).toBeVisible();

  const admin = await signedIn(product.issuer, 'admin@example.com');
  const { requests } = (await admin.get('/api/requests?q=twenty')).body as unknown as RequestList;
  const statusOf = (name: string) => requests.find(({ tool_args }) => tool_args?.['user'] === name)?.status;
  expect(names.map(statusOf)).toEqual(names.map((_name, index) => (index % 2 === 0 ? 'approved' : 'denied')));
});

test('of two approvers racing on one request the loser is told who won', async ({ product, newVisitor }) => {
  const [id = ''] = await ask(product, 'auditor@example.com', 'race', ['race'], 'high');
  const [admin, manager] = [await newVisitor(), await newVisitor()];
  for (const [page, email] of [
    [admin, 'admin@example.com'],
    [manager, 'manager@example.com'],
  ] as const) {
    await signInToDashboard(page, product.issuer, email);
    await page.goto(`${product.issuer}/dashboard/requests/${id}`);
  }
  await admin.getByRole('button', { name: 'Approve…' }).click();
  await manager.getByRole('button', { name: 'Deny…' }).click();
  await manager.getByLabel('Reason').fill('I am not sure.');
  const send = (page: Page, name: string) =>
    page.getByRole('dialog').getByRole('button', { name, exact: true }).click({ noWaitAfter: true });
  await Promise.all([send(admin, 'Approve'), send(manager, 'Deny').catch(() => undefined)]);

  const reader = await signedIn(product.issuer, 'admin@example.com');
  await expect.poll(async () => (await reader.get(`/api/status/${id}`)).body['status']).not.toBe('pending');
  const approved = (await reader.get(`/api/status/${id}`)).body['status'] === 'approved';
  const [winner, loser] = approved ? ['admin@example.com', manager] : ['manager@example.com', admin];
  await expect(loser.getByRole('dialog').getByRole('alert')).toContainText(
    `${approved ? 'approved' : 'denied'} by ${winner}`,
  );
  await loser.keyboard.press('Escape');
  await expect(loser.getByRole('region', { name: 'Outcome' })).toContainText(winner);
  await expect(loser.getByRole('button', { name: /Approve|Deny/ })).toHaveCount(0);
});

test('a late arrival does not move the cursor, and is announced', async ({ product, newVisitor }) => {
  await ask(product, 'auditor@example.com', 'arrival', ['early1', 'early2', 'early3']);
  const page = await newVisitor();
  const rows = await openQueue(page, product.issuer, 'arrival');
  await expect(rows).toHaveCount(3);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const selected = page.locator('li[aria-current=true]');
  await expect(selected).toContainText('early2');
  const before = await selected.boundingBox();

  await ask(product, 'auditor@example.com', 'arrival', ['late1', 'late2']);
  await expect(rows).toHaveCount(5);
  await expect(page.getByRole('status').filter({ hasText: '2 new at the end of the queue' })).toBeAttached();
  expect(await selected.boundingBox()).toEqual(before);
  await expect(selected).toContainText('early2');
  await page.keyboard.press('d');
  await expect(page.getByRole('dialog')).toContainText('early2');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '2 new' }).click();
  await expect(selected).toContainText('late1');
  await expect(page.getByRole('button', { name: '2 new' })).toBeHidden();
});

test('a decision on several tells of each, and a part of it may be too late', async ({ product, newVisitor }) => {
  const [, second = ''] = await ask(product, 'auditor@example.com', 'batch', ['one', 'two', 'three']);
  await ask(product, 'user@example.com', 'batch', ['four'], 'high');
  const page = await newVisitor();
  const rows = await openQueue(page, product.issuer, 'batch');
  await expect(rows).toHaveCount(4);
  for (const key of ['j', 'x', 'j', 'j', 'Shift+X']) await page.keyboard.press(key);
  const bar = page.getByRole('region', { name: 'Ticked requests' });
  await expect(bar).toContainText('3 ticked');
  for (const key of ['j', 'x']) await page.keyboard.press(key);
  await expect(bar.getByRole('button', { name: 'Deny 4…' })).toBeDisabled();
  await expect(bar.getByRole('button', { name: 'Deny 4…' })).toHaveAccessibleDescription(
    'Requests of high or critical risk are decided one at a time.',
  );
  await page.keyboard.press('x');
  await bar.getByRole('button', { name: 'Deny 3…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Every set of arguments' }).getByRole('listitem')).toHaveText([
    /one/,
    /two/,
    /three/,
  ]);
  await expectAccessible(page, 'dialog of several');
  await deny(await signedIn(product.issuer, 'manager@example.com'), second);
  await expect(rows).toHaveCount(3);
  await dialog.getByLabel('Reason').fill('Not these.');
  await dialog.getByRole('button', { name: 'Deny 3', exact: true }).click();

  await expect(dialog).toContainText('2 denied, 1 not.');
  const results = dialog.getByRole('list', { name: 'What became of each' }).getByRole('listitem');
  await expect(results).toHaveText([/: denied\./, /already ended: denied by manager@example\.com/, /: denied\./]);
  await expectAccessible(page, 'results of several');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(rows).toHaveCount(1);
  await expect(bar).toBeHidden();
});

test('on a phone of 320 px a request is read and decided with a thumb', async ({ product, newVisitor }) => {
  const [id = ''] = await ask(product, 'demo@example.com', 'phone', ['thumb'], 'high');
  const page = await newVisitor({ viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  await openQueue(page, product.issuer, 'phone');
  const width = () => page.evaluate('document.documentElement.scrollWidth');
  expect(await width()).toBe(320);
  await page.getByRole('button', { name: 'Filters', exact: true }).tap();
  await expect(page.getByLabel('Risk')).toBeVisible();
  await page.getByRole('link', { name: 'demo@example.com asks for' }).tap();
  await expect(page.getByRole('heading', { name: 'Decide' })).toBeAttached();
  expect(await width()).toBe(320);
  const [left, right] = [
    await page.getByRole('button', { name: 'Deny…' }).boundingBox(),
    await page.getByRole('button', { name: 'Approve…' }).boundingBox(),
  ];
  if (left === null || right === null) throw new Error('no buttons');
  expect(left.x + left.width + 16).toBeLessThanOrEqual(right.x);
  expect(Math.min(left.height, right.height)).toBeGreaterThanOrEqual(44);
  // In reach without scrolling, and still there after it.
  expect(right.y + right.height).toBeLessThanOrEqual(640);
  await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
  expect((await page.getByRole('button', { name: 'Approve…' }).boundingBox())?.y).toBe(right.y);
  await expectAccessible(page, 'request on a phone');
  await page.getByRole('button', { name: 'Approve…' }).tap();
  await page.getByLabel('For how long').selectOption('15 minutes');
  await expectAccessible(page, 'approval on a phone');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).tap();
  await expect(page.getByRole('status').filter({ hasText: 'Approved: ' })).toBeVisible();
  const { body } = await (await signedIn(product.issuer, 'admin@example.com')).get(`/api/status/${id}`);
  const { approved_at, grant } = body as unknown as RequestStatusResponse;
  expect(Date.parse(grant?.expires_at ?? '') - Date.parse(approved_at ?? '')).toBe(15 * 60_000);
});

test('a decision by link goes on to the next of the queue as it was filtered', async ({ product, newVisitor }) => {
  const page = await newVisitor();
  await ask(product, 'manager@example.com', 'onward', ['next1', 'next2', 'next3'], 'high');
  await openQueue(page, product.issuer, 'onward');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  await expect(page.getByText('2 of 3')).toBeVisible();
  // The place in the queue is known before the request is there to decide.
  await expect(page.getByRole('heading', { name: 'Decide' })).toBeVisible();
  await page.keyboard.press('d');
  await page.getByRole('dialog').getByLabel('Reason').fill('No.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('next3')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Approve…' })).not.toBeFocused();
  await page.keyboard.press('a');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Approve' })).toBeEnabled();
  await page.keyboard.press('Escape');
  await page.getByRole('main').getByRole('link', { name: 'Queue' }).click();
  await expect(page.getByRole('searchbox')).toHaveValue('onward');
});

test('single keys can be switched off, and the palette finds pages and requests', async ({ product, newVisitor }) => {
  await ask(product, 'auditor@example.com', 'palette', ['colours']);
  const page = await newVisitor();
  await openQueue(page, product.issuer, 'palette');
  await page.keyboard.press('?');
  await expectAccessible(page, 'keys');
  await page.getByRole('checkbox', { name: /Keys without Ctrl/ }).uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  for (const key of ['j', 'g', 'd', '?']) await page.keyboard.press(key);
  await expect(page.locator('li[aria-current=true]')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search or go to' });
  await palette.getByRole('combobox').fill('colours');
  await expect(palette.getByRole('option', { name: /auditor@example\.com/ })).toHaveAttribute('aria-selected', 'true');
  await expectAccessible(page, 'palette');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Decide' })).toBeVisible();
});

test('ten tabs share one stream, and it outlives the tab that holds it', async ({ product, newVisitor }) => {
  const first = await newVisitor();
  const context = first.context();
  let streams = 0;
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/events') streams += 1;
  });
  await first.goto(`${product.issuer}/dashboard`);
  await fillSignIn(first, 'admin@example.com');
  await expect(first.getByRole('heading', { name: 'Queue', level: 1 })).toBeVisible();
  await expect.poll(() => streams).toBe(1);
  // Loaded again before the others come: its stream is then the second, and the others open none.
  await first.goto(`${product.issuer}/dashboard?q=tabs`);
  await expect.poll(() => streams).toBe(2);
  const pages = [first];
  while (pages.length < 10) pages.push(await context.newPage());
  await Promise.all(pages.slice(1).map((page) => page.goto(`${product.issuer}/dashboard?q=tabs`)));
  for (const page of pages) await expect(page.getByRole('heading', { name: 'No request matches' })).toBeVisible();
  const opened = streams;
  await ask(product, 'auditor@example.com', 'tabs', ['shared']);
  for (const page of pages) await expect(page.getByText('shared')).toBeVisible();
  expect(streams).toBe(opened);
  expect(opened).toBe(2);

  await first.close();
  await ask(product, 'auditor@example.com', 'tabs', ['inherited']);
  for (const page of pages.slice(1)) await expect(page.getByText('inherited')).toBeVisible();
  await expect.poll(() => streams).toBe(opened + 1);
});

test('a lost connection is visible and heals', async ({ product, browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/api/events', (route) => route.abort());
  await signInToDashboard(page, product.issuer, 'admin@example.com');
  const banner = page.getByText('Connection lost, trying again…');
  await expect(banner).toBeVisible();
  await page.unroute('**/api/events');
  await expect(banner).toBeHidden();
  await context.close();
});
