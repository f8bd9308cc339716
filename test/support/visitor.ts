import { contractOf } from './contract-check.ts';

/**
 * Somebody at one of our HTTP servers, without a browser: a cookie jar and JSON. Every answer is held to the document
 * that the server publishes.
 */
export interface Visitor {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The value of the `Cookie` header. */
  readonly cookie: string;
}

/** What came back; `body` is the parsed JSON, or empty. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Readonly<Record<string, unknown>>;
}

/** A visitor of the server at that address, not signed in. */
export function visitor(base: string): Visitor {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = {
      ...(jar.size === 0 ? {} : { cookie: cookie() }),
      ...(init.headers as Record<string, string> | undefined),
    };
    const response = await fetch(base + path, { ...init, headers, redirect: 'manual' });
    for (const header of response.headers.getSetCookie()) {
      const [pair = ''] = header.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const text = await response.text();
    const difference = (await contractOf(base))?.({
      method: init.method ?? 'GET',
      path,
      status: response.status,
      contentType: response.headers.get('content-type'),
      text,
    });
    if (difference !== undefined) throw new Error(difference);
    return { status: response.status, headers: response.headers, body: parsed(text) };
  };
  return {
    get cookie() {
      return cookie();
    },
    get: (path) => send(path, {}),
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        ...(body === undefined
          ? { headers }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
      }),
  };
}

/** A visitor signed in with a demo account. */
export async function signedIn(base: string, email: string): Promise<Visitor> {
  const somebody = visitor(base);
  const { status } = await somebody.post('/auth/demo-login', { email, password: 'demo' });
  if (status !== 303) throw new Error(`demo login answered ${status}`);
  return somebody;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
