import { parseSetCookie } from 'cookie';
import { contractOf } from './contract-check.ts';

/** A browser as far as HTTP goes: keeps cookies by path, follows redirects only when told to. */
export interface TestBrowser {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Follows redirects by GET until one leads to another origin or none is left. */
  follow(url: string): Promise<Response>;
  cookies(): ReadonlyMap<string, string>;
}

/** A browser without cookies. */
export function testBrowser(): TestBrowser {
  // By name and path, as browsers tell cookies apart (RFC 6265 section 5.3).
  const jar = new Map<string, { name: string; value: string; path: string }>();
  const browser: TestBrowser = {
    fetch: async (url, init = {}) => {
      const { pathname } = new URL(url);
      const sent = [...jar.values()]
        .filter(({ path }) => pathname.startsWith(path))
        .map(({ name, value }) => `${name}=${value}`);
      const headers = new Headers(init.headers);
      if (sent.length > 0) headers.set('cookie', sent.join('; '));
      const response = await fetch(url, { ...init, headers, redirect: 'manual' });
      await holdToContract(url, init.method ?? 'GET', response);
      for (const line of response.headers.getSetCookie()) {
        const { name, value, path = '/', maxAge, expires } = parseSetCookie(line, { decode: (text) => text });
        const gone =
          value === undefined ||
          value === '' ||
          maxAge === 0 ||
          (expires !== undefined && expires.getTime() < Date.now());
        if (gone) jar.delete(`${name} ${path}`);
        else jar.set(`${name} ${path}`, { name, value, path });
      }
      return response;
    },
    follow: async (url) => {
      let at = url;
      for (let hop = 0; hop < 10; hop += 1) {
        const response = await browser.fetch(at);
        const location = response.headers.get('location');
        if (location === null) return response;
        const next = new URL(location, at);
        if (next.origin !== new URL(url).origin) return response;
        at = next.href;
      }
      throw new Error(`too many redirects from ${url}`);
    },
    cookies: () => new Map([...jar.values()].map(({ name, value }) => [name, value])),
  };
  return browser;
}

/** Signs in with a demo account. @throws when the server does not */
export async function signInWith(browser: TestBrowser, issuer: string, email: string): Promise<void> {
  const { status } = await browser.fetch(`${issuer}/auth/demo-login`, {
    method: 'POST',
    body: new URLSearchParams({ email, password: 'demo' }),
  });
  if (status !== 303) throw new Error(`signing in as ${email} was answered ${status}`);
}

/** Streams are left to whoever reads them. */
async function holdToContract(url: string, method: string, response: Response): Promise<void> {
  const contentType = response.headers.get('content-type');
  if (contentType?.startsWith('text/event-stream') === true) return;
  const { origin, pathname } = new URL(url);
  const text = await response.clone().text();
  const difference = (await contractOf(origin))?.({
    method,
    path: pathname,
    status: response.status,
    contentType,
    text,
  });
  if (difference !== undefined) throw new Error(difference);
}
