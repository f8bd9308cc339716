import { setTimeout as sleep } from 'node:timers/promises';
import { stepUpSchema } from '../../../api/contract/step-ups.ts';
import { signInWith, testBrowser, type TestBrowser } from '../../support/browser.ts';

/** Somebody with a browser who is signed in, and lets any client act that asks. */
export interface Person {
  browser: TestBrowser;
  /**
   * Opens the address that a client sends people to, answers what is asked, and waits where something else has to happen.
   *
   * @returns where the answer goes: an address of the client's.
   */
  answerOf(address: string): Promise<URL>;
  /** {@link answerOf}, and goes there, as a browser does by itself. */
  open(address: string): Promise<void>;
}

/** A person with one of the demo accounts. */
export async function person(issuer: string, email: string): Promise<Person> {
  const browser = testBrowser();
  await signInWith(browser, issuer, email);

  const answerOf = async (address: string): Promise<URL> => {
    let [at, page] = [address, await browser.fetch(address)];
    for (let step = 0; step < 40; step += 1) {
      const next = await onwards(at, page, browser);
      if (next instanceof URL) {
        if (next.origin !== issuer) return next;
        [at, page] = [next.href, await browser.fetch(next.href)];
      } else page = next;
    }
    throw new Error(`the way from ${address} does not end`);
  };
  return {
    browser,
    answerOf,
    open: async (address) => {
      const callback = await answerOf(address);
      await reloaded(callback);
    },
  };
}

/** Opens an address of the client's, again where nobody answers yet: mcp-remote listens only after it has sent its user away. */
async function reloaded(callback: URL): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(callback);
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}

/** Where the page leads by itself, or what it answers to the form that it shows. */
async function onwards(at: string, page: Response, browser: TestBrowser): Promise<URL | Response> {
  const location = page.headers.get('location') ?? /^\d+; url=(.*)$/.exec(page.headers.get('refresh') ?? '')?.[1];
  if (location !== undefined) return new URL(location, at);
  const waiting = /\/waiting\/([\w-]+)$/.exec(new URL(at).pathname)?.[1];
  if (waiting !== undefined) return waited(new URL(at).origin, waiting, browser);
  const html = await page.text();
  const form = /<form method="post" action="([^"]+)">[^]*value="allow"/.exec(html)?.[1];
  if (form === undefined) throw new Error(`${at} is answered ${page.status}: ${html.slice(0, 2_000)}`);
  return browser.fetch(new URL(form, at).href, {
    method: 'POST',
    headers: { origin: new URL(at).origin },
    body: new URLSearchParams({ decision: 'allow' }),
  });
}

/** What the waiting page does: it looks until there is an answer, then goes on. */
async function waited(issuer: string, id: string, browser: TestBrowser): Promise<URL> {
  for (;;) {
    const response = await browser.fetch(`${issuer}/api/step-ups/${id}`);
    const { status, continue_path: path } = stepUpSchema.parse(await response.json());
    if (status !== 'waiting') return new URL(path, issuer);
    await sleep(100);
  }
}
