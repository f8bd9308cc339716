import * as oidc from 'openid-client';
import { DomainError } from '../../workflows/domain/errors.ts';
import { parseScope } from '../../workflows/domain/scopes.ts';
import { openText, type AtRestKey } from '../store/at-rest.ts';
import { endChatSignIn, newestChatSignIn, type ChatSignIn } from '../store/chat-sign-ins.ts';
import type { Db } from '../store/connect.ts';
import { unavailable, type OAuthClient } from './oauth-client.ts';

/** For whom a token is wanted. Only the MCP resource looks at the conversation (RULES 13). */
export interface TokenRequest {
  subject: string;
  resource: string;
  sessionId?: string;
  /** Scopes that a cached token must carry, else the authorization server is asked. */
  carrying?: readonly string[];
  /** Ask the authorization server even when a token is cached: that one was not taken. */
  fresh?: boolean;
}

/** Where the chat gets access tokens: by refresh, kept in memory only. */
export interface TokenSource {
  /** @throws {DomainError} `not_signed_in` when the person has no living sign-in, `client_blocked`, `temporarily_unavailable` */
  token(request: TokenRequest): Promise<string>;
  /** Takes a token the API handed out (`new_token`) instead of asking for one. */
  adopt(request: TokenRequest, token: Issued): void;
  /** Forgets a person's tokens: a grant of theirs changed, or they signed out. */
  forget(subject: string): void;
}

/** What the refresh token of a sign-in is sealed with, so that it opens for that row only. */
export const refreshTokenContext = (signInId: string): string => `chat_sign_ins.refresh_token:${signInId}`;

/** Tokens are given up this long before their end, so that none ends on the way. */
const marginMs = 30_000;

/** A token and what it is good for. */
export interface Issued {
  token: string;
  scopes: readonly string[];
  expiresInSeconds: number;
}

interface Cached extends Issued {
  usableUntil: number;
}

/**
 * Makes a {@link TokenSource}. Refreshes are single-flight per person, resource and conversation; nothing of a token
 * reaches a log, a workflow or the database.
 */
export function createTokenSource(deps: {
  db: Db;
  oauth: OAuthClient;
  atRestKey: AtRestKey;
  now?: () => Date;
}): TokenSource {
  const now = deps.now ?? (() => new Date());
  const cache = new Map<string, Map<string, Cached>>();
  const flights = new Map<string, Promise<Issued>>();
  /** Counts how often a person's tokens were forgotten: a refresh that began before must not bring one back. */
  const generations = new Map<string, number>();

  const keyOf = ({ resource, sessionId }: TokenRequest): string => JSON.stringify([resource, sessionId ?? null]);
  const keep = (request: TokenRequest, issued: Issued): void => {
    const own = cache.get(request.subject) ?? new Map<string, Cached>();
    for (const [key, { usableUntil }] of own) if (usableUntil <= now().getTime()) own.delete(key);
    own.set(keyOf(request), { ...issued, usableUntil: now().getTime() + issued.expiresInSeconds * 1000 - marginMs });
    cache.set(request.subject, own);
  };

  const refresh = async (request: TokenRequest): Promise<Issued> => {
    const generation = generations.get(request.subject);
    const configuration = await deps.oauth.configuration();
    for (;;) {
      const signIn = await newestChatSignIn(deps.db, request.subject, now());
      if (signIn === undefined) throw new DomainError('not_signed_in', 'Your sign-in has ended. Sign in again.');
      const answer = await refreshOnce(configuration, signIn, request, deps.atRestKey);
      if (answer === 'sign_in_ended') {
        await endChatSignIn(deps.db, signIn.sign_in_id, now());
        continue;
      }
      const issued = {
        token: answer.access_token,
        scopes: parseScope(answer.scope),
        expiresInSeconds: answer.expires_in ?? 0,
      };
      if (generations.get(request.subject) === generation) keep(request, issued);
      return issued;
    }
  };

  return {
    async token(request) {
      const flightKey = JSON.stringify([request.subject, keyOf(request)]);
      const serves = ({ scopes }: Issued): boolean => (request.carrying ?? []).every((scope) => scopes.includes(scope));
      // A fresh token must not be one whose refresh began before it was asked for.
      if (request.fresh !== true) {
        const cached = cache.get(request.subject)?.get(keyOf(request));
        if (cached !== undefined && now().getTime() < cached.usableUntil && serves(cached)) return cached.token;
        const joined = await flights.get(flightKey);
        if (joined !== undefined && serves(joined)) return joined.token;
      }
      const started = refresh(request).finally(() => {
        if (flights.get(flightKey) === started) flights.delete(flightKey);
      });
      flights.set(flightKey, started);
      return (await started).token;
    },
    adopt: keep,
    forget: (subject) => {
      cache.delete(subject);
      generations.set(subject, (generations.get(subject) ?? 0) + 1);
    },
  };
}

async function refreshOnce(
  configuration: oidc.Configuration,
  signIn: ChatSignIn,
  request: TokenRequest,
  key: AtRestKey,
): Promise<oidc.TokenEndpointResponse | 'sign_in_ended'> {
  const refreshToken = openText(key, signIn.refresh_token, refreshTokenContext(signIn.sign_in_id));
  try {
    return await oidc.refreshTokenGrant(configuration, refreshToken, {
      resource: request.resource,
      ...(request.sessionId === undefined ? {} : { session_id: request.sessionId }),
    });
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return 'sign_in_ended';
    if (error instanceof oidc.ResponseBodyError && error.error === 'unauthorized_client') {
      throw new DomainError('client_blocked', 'An admin has blocked the chat: it can do nothing for you for now.');
    }
    throw unavailable(error);
  }
}
