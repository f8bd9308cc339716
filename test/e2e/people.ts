import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** Signs in on the auth server's page, which the browser is on. */
export async function fillSignIn(page: Page, email: string): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByRole('button', { name: email }).click();
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Opens the chat and signs in by the redirect to the auth server and back. */
export async function signInToChat(page: Page, chatUrl: string, email: string): Promise<void> {
  await page.goto(chatUrl);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await fillSignIn(page, email);
  await expect(page.getByLabel('Message to the agent')).toBeVisible();
}

/** Opens the dashboard and signs in when nobody is. */
export async function signInToDashboard(page: Page, issuer: string, email: string): Promise<void> {
  await page.goto(`${issuer}/dashboard`);
  await fillSignIn(page, email);
  await expect(page.getByRole('heading', { name: 'Queue', level: 1 })).toBeVisible();
}

/** Sends a message in a new conversation. @returns the card of the call that it leads to */
export async function ask(page: Page, message: string, tool: string): Promise<Locator> {
  await page.getByRole('link', { name: 'New conversation' }).click();
  await page.getByLabel('Message to the agent').fill(message);
  await page.getByLabel('Message to the agent').press('Enter');
  const card = page.getByRole('group', { name: `Call of ${tool}` });
  await expect(card).toBeVisible();
  return card;
}

/** Presses Request approval on a card. */
export async function requestApproval(card: Locator, justification?: string): Promise<void> {
  await expect(card.getByRole('heading', { name: 'This needs somebody’s approval' })).toBeVisible();
  if (justification !== undefined) await card.getByLabel('Why do you need it?').fill(justification);
  await card.getByRole('button', { name: 'Request approval' }).click();
  await expect(card.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();
}

/** Opens the only waiting request of a person, for a scope where it matters, wherever in the dashboard one is. */
export async function openFromQueue(page: Page, email: string, scope = ''): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Queue' }).click();
  await page.getByRole('link', { name: `${email} asks for ${scope}`.trim() }).click();
  await expect(page.getByRole('heading', { name: 'Decide' })).toBeVisible();
}

/**
 * Approves the opened request, with the second step. The page then goes on to the next request, where one waits, so
 * what tells of the decision is the message.
 */
export async function approveOpened(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Approve this request?' });
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Approved: ' })).toBeVisible();
}
