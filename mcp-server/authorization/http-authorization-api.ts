import type { z } from 'zod';
import { problemSchema } from '../../api/contract/problem.ts';
import { upgradeScopeResponseSchema } from '../../api/contract/scope-requests.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { apiAway, exchangeToken, type ExchangeOptions } from './exchange-token.ts';
import type { AuthorizationApi, CallerAuthorizations } from './ports.ts';

/** Longer than the API waits for policy's word or for a decision to be judged. */
const answeredWithinMs = 10_000;

/** Asks the API over HTTP, with a token that stands for the caller and that nobody else ever sees. */
export function httpAuthorizationApi(options: ExchangeOptions): AuthorizationApi {
  return { of: (token) => callerAuthorizations(options, token) };
}

function callerAuthorizations(options: ExchangeOptions, subjectToken: string): CallerAuthorizations {
  let exchanged: Promise<string> | undefined;

  /** @throws {DomainError} what the API refuses with, `temporarily_unavailable` */
  async function ask<T extends z.ZodType>(schema: T, path: string, body?: object): Promise<z.output<T>> {
    exchanged ??= exchangeToken(options, subjectToken);
    const authorization = `Bearer ${await exchanged}`;
    const init: RequestInit =
      body === undefined
        ? { headers: { authorization } }
        : {
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          };
    const response = await fetch(new URL(path, options.issuer), {
      ...init,
      signal: AbortSignal.timeout(answeredWithinMs),
    }).catch((cause: unknown) => {
      throw apiAway(cause);
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const parsed = schema.safeParse(answer);
    if (response.ok && parsed.success) return parsed.data;
    const problem = problemSchema.safeParse(answer);
    if (problem.success) throw new DomainError(problem.data.code, problem.data.detail);
    throw apiAway(new Error(`The API answered ${response.status} to ${path}.`));
  }

  return {
    ask: (body) => ask(upgradeScopeResponseSchema, '/api/upgrade-scope', body),
  };
}
