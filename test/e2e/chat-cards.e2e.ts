import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { signInToChat } from './people.ts';
import { cardNames, seedCards } from './seed-cards.ts';

/** What each card says of itself: how it stands, and what there is to do about it. */
const cards: Record<(typeof cardNames)[number], { says: readonly string[]; buttons: readonly string[] }> = {
  proposed: { says: ['proposed', 'It has not begun'], buttons: [] },
  'not asked': {
    says: ['waiting for approval', 'This needs somebody’s approval', 'Nobody is asked until you press this'],
    buttons: ['Request approval'],
  },
  waiting: {
    says: ['Waiting for a decision', 'You can close this tab', 'Anybody with the role admin'],
    buttons: ['Check status', 'Retry message', 'Cancel'],
  },
  ready: { says: ['about to run', 'it runs in a moment'], buttons: [] },
  running: { says: ['running', 'Stopping the turn does not undo it'], buttons: [] },
  succeeded: { says: ['done', 'PID COMMAND'], buttons: [] },
  failed: { says: ['failed', 'No such command: psx', 'The tool reported a failure'], buttons: ['Retry message'] },
  unknown: { says: ['outcome unknown', 'Nobody knows whether it ran'], buttons: ['Retry message'] },
  denied: {
    says: ['denied', 'admin@example.com said no.', 'Not on this machine, please.'],
    buttons: ['Ask again'],
  },
  expired: { says: ['unanswered', 'This is not a refusal'], buttons: ['Ask again'] },
  withdrawn: { says: ['cancelled', 'You took the request back'], buttons: ['Ask again'] },
  stopped: { says: ['cancelled', 'You stopped the turn before this ran'], buttons: [] },
  superseded: { says: ['replaced', 'took this one’s place'], buttons: [] },
  'scope unavailable': {
    says: ['permission unavailable', 'The permission was not there'],
    buttons: ['Retry message'],
  },
  'hidden characters': { says: ['\\u{202e}', '\\u{7}', '\\u{e0100}'], buttons: [] },
};

function cardOf(page: Page, name: string): Locator {
  const at = cardNames.findIndex((candidate) => candidate === name);
  return page.getByRole('group', { name: 'Call of execute_command' }).nth(at);
}

async function expectEveryCard(page: Page): Promise<void> {
  await expect(page.getByRole('group', { name: 'Call of execute_command' })).toHaveCount(cardNames.length);
  for (const name of cardNames) {
    const card = cardOf(page, name);
    for (const words of cards[name].says) await expect(card, name).toContainText(words);
    for (const button of cards[name].buttons) await expect(card.getByRole('button', { name: button })).toBeVisible();
    const copies = await card.getByRole('button', { name: /^Copy/ }).count();
    const notify = await card.getByRole('button', { name: 'Notify me' }).count();
    await expect(card.getByRole('button'), name).toHaveCount(cards[name].buttons.length + copies + notify);
  }
}

test('every state of a card stands on the server: the same after a reload, in a second tab and on a phone', async ({
  product,
  newVisitor,
}, testInfo) => {
  const { sessionId } = await seedCards(product.stateFolder, 'user@example.com');
  const page = await newVisitor();
  await signInToChat(page, product.chatUrl, 'user@example.com');
  const address = `${product.chatUrl}/c/${sessionId}`;
  await page.goto(address);
  await expectEveryCard(page);
  await page.reload();
  await expectEveryCard(page);
  await expectAccessible(page, 'every card');

  const phone = await page.context().newPage();
  await phone.setViewportSize({ width: 320, height: 700 });
  await phone.goto(address);
  await expectEveryCard(phone);
  expect(await phone.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  await expectAccessible(phone, 'every card on a phone');

  const shots = process.env['E2E_SCREENSHOTS'];
  if (shots !== undefined) {
    for (const [device, shown] of [
      ['desk', page],
      ['phone', phone],
    ] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await shown.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const name of cardNames) {
          await cardOf(shown, name).screenshot({
            path: `${shots}/${device}-${colorScheme}-${name.replaceAll(' ', '-')}.png`,
          });
        }
      }
    }
    testInfo.annotations.push({ type: 'screenshots', description: shots });
  }

  // What was withdrawn in one tab is withdrawn in the other.
  await cardOf(phone, 'waiting').getByRole('button', { name: 'Cancel' }).click();
  await expect(cardOf(page, 'waiting')).toContainText('You took the request back');
  await page.close();
  await phone.close();
});
