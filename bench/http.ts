/** Somebody signed in by cookie, as lean as can be, so that the client adds little to what is measured. */
export interface Person {
  cookie: string;
  get(path: string): Promise<Json>;
  post(path: string, body?: unknown): Promise<Json>;
}

/** A parsed answer. */
export type Json = Readonly<Record<string, unknown>>;

/** Signs a demo account in. */
export async function signIn(base: string, email: string): Promise<Person> {
  const response = await fetch(`${base}/auth/demo-login`, {
    method: 'POST',
    body: new URLSearchParams({ email, password: 'demo' }),
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`signing in answered ${response.status}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return {
    cookie,
    get: (path) => ask(`${base}${path}`, { headers: { cookie } }),
    post: (path, body) => postJson(`${base}${path}`, body ?? {}, { cookie }),
  };
}

/** Posts JSON and reads JSON. @throws when the answer is no success */
export function postJson(url: string, body: unknown, headers: Record<string, string>): Promise<Json> {
  return ask(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** The text under a name. @throws when it is none */
export function textOf(json: Json, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(json).slice(0, 300)}`);
  return value;
}

/** The object under a name, or an empty one. */
export function objectOf(json: Json, name: string): Json {
  const value = json[name];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The answer 503: try again. */
export class Busy extends Error {}

async function ask(url: string, init: RequestInit): Promise<Json> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.status === 503) throw new Busy(`${url} answered 503`);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Json;
}
