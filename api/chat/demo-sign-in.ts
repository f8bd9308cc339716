import { parseSetCookie } from 'cookie';
import { unavailable } from '../../activities/chat/oauth-client.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ChatDeps } from './deps.ts';
import { beginSignIn, finishSignIn, redirectUri } from './sign-in.ts';

const mostRedirects = 10;

/**
 * Signs in at the auth server with a demo account and walks code + PKCE, server to server, as a browser would: the chat
 * app has no other way in (RULES 8).
 *
 * @throws {DomainError} `demo_mode_off`, `invalid_credentials`, `rate_limited`, `temporarily_unavailable`
 */
export async function demoSignIn(
  deps: ChatDeps,
  input: { email: string; password: string; returnTo: string },
): Promise<{ secret: string; returnTo: string }> {
  if (!deps.demoMode) throw new DomainError('demo_mode_off', 'There are no demo accounts here.');
  const jar = new Map<string, string>();
  const signedIn = await browse(jar, new URL('/auth/demo-login', deps.issuer), {
    email: input.email,
    password: input.password,
  });
  refuseUnlessSignedIn(signedIn.status);
  const { url, flow } = await beginSignIn(deps, input.returnTo);
  const callback = await walkToCallback(jar, url, redirectUri(deps.publicUrl));
  return finishSignIn(deps, callback, flow);
}

function refuseUnlessSignedIn(status: number): void {
  if (status === 303 || status === 302) return;
  if (status === 401) throw new DomainError('invalid_credentials', 'The e-mail address or the password is wrong.');
  if (status === 404) throw new DomainError('demo_mode_off', 'There are no demo accounts here.');
  if (status === 400) throw new DomainError('invalid_request', 'Send an e-mail address and a password.');
  if (status === 429) throw new DomainError('rate_limited', 'Too many attempts. Wait a minute and try again.');
  throw unavailable(new Error(`Demo login answered ${status}.`));
}

/** Follows redirects within the auth server until it sends us home with a code. */
async function walkToCallback(jar: Map<string, string>, start: URL, home: string): Promise<URL> {
  let url = start;
  for (let hop = 0; hop < mostRedirects; hop += 1) {
    const response = await browse(jar, url);
    const location = response.headers.get('location');
    if (location === null) throw unavailable(new Error(`The authorization endpoint answered ${response.status}.`));
    url = new URL(location, url);
    if (url.origin + url.pathname === home) return url;
    if (url.origin !== start.origin) throw unavailable(new Error('The authorization server led elsewhere.'));
  }
  throw unavailable(new Error('The authorization server redirects without end.'));
}

async function browse(jar: Map<string, string>, url: URL, form?: Record<string, string>): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
    headers: cookie === '' ? {} : { cookie },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  }).catch((error: unknown) => {
    throw unavailable(error);
  });
  await response.body?.cancel();
  for (const header of response.headers.getSetCookie()) {
    const { name, value, maxAge, expires } = parseSetCookie(header, { decode: (raw) => raw });
    const gone =
      value === undefined || value === '' || maxAge === 0 || (expires !== undefined && expires.getTime() <= Date.now());
    if (gone) jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}
