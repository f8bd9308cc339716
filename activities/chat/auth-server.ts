import { DomainError } from '../../workflows/domain/errors.ts';
import { unavailable } from './oauth-client.ts';
import { outgoingHeaders } from '../telemetry/tracing.ts';
import type { TokenSource } from './token-source.ts';

/** An answer of the auth server's API. */
export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** The auth server's API, asked as the person: the chat has no power of its own (RULES 8). */
export interface AuthServer {
  /** @throws {DomainError} `not_signed_in`, `temporarily_unavailable` */
  ask(subject: string, method: 'GET' | 'POST', path: string, body?: Record<string, unknown>): Promise<ApiAnswer>;
}

/** See {@link AuthServer}. @param options.apiResource the API's resource identifier, whose tokens it takes */
export function createAuthServer(options: {
  issuer: string;
  apiResource: string;
  tokens: TokenSource;
  timeoutMs?: number;
}): AuthServer {
  const send = async (
    token: string,
    method: string,
    path: string,
    body: Record<string, unknown> | undefined,
  ): Promise<Response> => {
    try {
      return await fetch(new URL(path, options.issuer), {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(options.timeoutMs ?? 15_000),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...outgoingHeaders(),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw unavailable(error);
    }
  };

  return {
    async ask(subject, method, path, body) {
      const wanted = { subject, resource: options.apiResource };
      let response = await send(await options.tokens.token(wanted), method, path, body);
      // A token can be refused before its time, for example after the server's keys were changed.
      if (response.status === 401)
        response = await send(await options.tokens.token({ ...wanted, fresh: true }), method, path, body);
      if (response.status === 401) throw new DomainError('not_signed_in', 'Your sign-in has ended. Sign in again.');
      if (response.status >= 502) throw unavailable(new Error(`The auth server answered ${response.status}.`));
      return { status: response.status, body: await response.json().catch(() => null) };
    },
  };
}
