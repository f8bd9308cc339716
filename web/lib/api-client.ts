import { ApiError, toApiError } from './api-error.ts';
import { observeServerTime } from './server-clock.ts';

/** An answer with its status: 200 and 202 mean different things for a decision (RULES 17). */
export interface Answer<T> {
  status: number;
  body: T;
}

/** `GET` of our own server, with its cookie. Throws {@link ApiError}. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const { body } = await send<T>(path, signal === undefined ? {} : { signal });
  return body;
}

/** `POST` as JSON to our own server, with its cookie. Throws {@link ApiError}. */
export function postJson<T>(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer<T>> {
  return send<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/**
 * `POST` to an endpoint that answers a page's form with a redirect: the redirect is the success, and where it leads is
 * for the caller to decide. Throws {@link ApiError}.
 */
export async function postForRedirect(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const response = await reach(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
    redirect: 'manual',
  });
  if (response.type === 'opaqueredirect' || response.ok) return;
  throw toApiError(response.status, await readJson(response));
}

/** `POST` to an endpoint that answers 204. Throws {@link ApiError}. */
export async function postWithoutAnswer(path: string): Promise<void> {
  const response = await reach(path, { method: 'POST', headers: { Accept: 'application/json' } });
  if (!response.ok) throw toApiError(response.status, await readJson(response));
}

async function send<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const response = await reach(path, { ...init, headers: { Accept: 'application/json', ...init.headers } });
  const body = await readJson(response);
  if (!response.ok) throw toApiError(response.status, body);
  if (isTimed(body)) observeServerTime(body.now);
  // Same origin, same repository, same contract types: the answer is not validated a second time in the browser.
  return { status: response.status, body: body as T };
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('offline', 0, 'The server cannot be reached right now.');
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function isTimed(body: unknown): body is { now: string } {
  return typeof body === 'object' && body !== null && 'now' in body && typeof body.now === 'string';
}
