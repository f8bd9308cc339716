import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signInWith, testBrowser, type TestBrowser } from '../support/browser.ts';
import { startStepUpWorld, type StepUpWorld } from '../support/step-up-world.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
let world: StepUpWorld;

beforeAll(async () => {
  world = await startStepUpWorld();
}, 120_000);
afterAll(() => world.product.stop());

/** A device whose person has entered its code and consented, and waits for what it asked for. */
async function waiting(scope: string) {
  const { issuer, mcpResource } = world.product;
  const client = await world.clients.newClient({ redirect_uris: undefined, grant_types: [grantType] });
  const asked = await oauth.initiateDeviceAuthorization(client, { scope, resource: mcpResource });
  const browser = testBrowser();
  await signInWith(browser, issuer, 'user@example.com');
  const page = await (await browser.fetch(`${issuer}/device`)).text();
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ xsrf, user_code: asked.user_code, confirm: 'yes' });
  const confirmed = await browser.fetch(`${issuer}/device`, { method: 'POST', headers: { origin: issuer }, body });
  const consentAt = await follow(browser, confirmed);
  const answered = await world.clients.answer(browser, consentAt.url, 'allow');
  const address = /^\d; url=(.*)$/.exec(answered.headers.get('refresh') ?? '')?.[1] ?? '';
  const { url } = await follow(browser, await browser.fetch(address));
  const id = /\/waiting\/([\w-]+)$/.exec(url)?.[1] ?? '';
  const view = await world.view(browser, id);
  expect(view.client.answer_goes_to).toBe('the device that it runs on');
  const requestId = view.requests[0]?.request_id;
  const poll = async () => {
    const response = await fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: grantType,
        client_id: client.clientMetadata().client_id,
        device_code: asked.device_code,
        resource: mcpResource,
      }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  /** The page at the end, once there is a decision. */
  const goOn = async (): Promise<string> => {
    for (let tries = 0; (await world.view(browser, id)).status === 'waiting'; tries += 1) {
      if (tries > 200) throw new Error('it waits for ever');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const answer = await browser.fetch(`${issuer}/interaction/${id}/continue`);
    const onwards = /^\d; url=(.*)$/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? '';
    return (await follow(browser, await browser.fetch(onwards))).text;
  };
  return { requestId, poll, goOn };
}

async function follow(browser: TestBrowser, first: Response): Promise<{ url: string; text: string }> {
  let page = first;
  let url = '';
  for (let location = page.headers.get('location'); location !== null; location = page.headers.get('location')) {
    url = new URL(location, world.product.issuer).href;
    page = await browser.fetch(url);
  }
  return { url, text: await page.text() };
}

test('what a device lacks is decided like anything else: approved, its token has it', async () => {
  const { requestId, poll, goOn } = await waiting('none execute:commands');
  expect(await poll()).toMatchObject({ error: 'authorization_pending' });
  await world.decide(requestId, 'approve');
  expect(await goOn()).toContain('The device is connected');
  const tokens = await poll();
  expect(decodeJwt(String(tokens['access_token']))).toMatchObject({ scope: 'none execute:commands' });
});

test('denied, the device is told why, and so is the person', async () => {
  const { requestId, poll, goOn } = await waiting('none execute:commands');
  await world.decide(requestId, 'deny');
  expect(await goOn()).toContain('Not “today”.');
  expect(await poll()).toMatchObject({
    error: 'access_denied',
    error_description: expect.stringContaining('Not “today”.') as string,
  });
});
