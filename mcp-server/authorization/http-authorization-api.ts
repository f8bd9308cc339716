import type { z } from 'zod';
import { auditPageSchema } from '../../api/contract/audit.ts';
import { grantListSchema, grantSchema } from '../../api/contract/grants.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import {
  requestListSchema,
  requestStatusSchema,
  upgradeScopeResponseSchema,
} from '../../api/contract/scope-requests.ts';
import { statsSchema } from '../../api/contract/stats.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import { apiAway, exchangeToken, type ExchangedToken, type ExchangeOptions } from './exchange-token.ts';
import type { AuthorizationApi, CallerAuthorizations } from './ports.ts';

/** Longer than the API waits for policy's word or for a decision to be judged. */
const answeredWithinMs = 10_000;

/** Asks the API over HTTP, with a token that stands for the caller and that nobody else ever sees. */
export function httpAuthorizationApi(options: ExchangeOptions): AuthorizationApi {
  return { of: (token) => callerAuthorizations(options, token) };
}

function callerAuthorizations(options: ExchangeOptions, subjectToken: string): CallerAuthorizations {
  let exchanged: Promise<ExchangedToken> | undefined;
  const token = (): Promise<ExchangedToken> => (exchanged ??= exchangeToken(options, subjectToken));

  /** @throws {DomainError} what the API refuses with, `temporarily_unavailable` */
  async function ask<T extends z.ZodType>(schema: T, path: string, body?: object): Promise<z.output<T>> {
    const authorization = `Bearer ${(await token()).token}`;
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
    if (problem.success) {
      const { code, detail, type: _, title: __, status: ___, ...details } = problem.data;
      throw new DomainError(code, detail, { details });
    }
    throw apiAway(new Error(`The API answered ${response.status} to ${path}.`));
  }

  return {
    mayDecide: async () => (await token()).scopes.includes(decidingScope),
    ask: (body) => ask(upgradeScopeResponseSchema, '/api/upgrade-scope', body),
    waiting: async () => {
      const list = await ask(requestListSchema, '/api/requests?status=pending&limit=200');
      return {
        requests: list.requests,
        more: list.next_cursor !== undefined,
        dashboardOnly: list.dashboard_only ?? 0,
      };
    },
    status: (requestId) => ask(requestStatusSchema, `/api/status/${encodeURIComponent(requestId)}`),
    decide: (requestId, verdict, note) => {
      const said = verdict === 'approve' ? { comment: note } : { reason: note };
      return ask(requestStatusSchema, `/api/${verdict}/${encodeURIComponent(requestId)}`, said);
    },
    grantOf: async (requestId) => {
      const query = new URLSearchParams({ request_id: requestId });
      return (await ask(grantListSchema, `/api/grants?${query.toString()}`)).grants[0];
    },
    endGrant: (grantId, how, reason) =>
      ask(grantSchema, `/api/grants/${encodeURIComponent(grantId)}/${how}`, { reason }),
    figures: () => ask(statsSchema, '/api/stats'),
    audit: (query) => {
      const given = Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, `${value}`] as [string, string]],
      );
      return ask(auditPageSchema, `/api/audit?${new URLSearchParams(given).toString()}`);
    },
  };
}
