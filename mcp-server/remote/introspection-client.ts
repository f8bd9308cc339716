import type { z } from 'zod';
import {
  introspectionSchema,
  type Introspection,
  type introspectBodySchema,
} from '../../api/contract/introspection.ts';
import type { AuthServer } from './auth-server.ts';
import { postForm } from './post-form.ts';

/** What is asked about a token besides the token. */
export type IntrospectionContext = Omit<z.input<typeof introspectBodySchema>, 'token'>;

/** Asks the authorization server about a token (RFC 7662). Rejects when there is no answer. */
export type Introspect = (token: string, context?: IntrospectionContext) => Promise<Introspection>;

const answeredWithinMs = 5_000;

/** {@link Introspect} with the credentials that `countersign resource-server add` printed. */
export function introspectionClient(
  server: () => Promise<AuthServer>,
  credentials: { clientId: string; clientSecret: string },
): Introspect {
  const pair = [credentials.clientId, credentials.clientSecret].map(encodeURIComponent).join(':');
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return async (token, context = {}) => {
    const { introspectionEndpoint } = await server();
    const given = Object.entries({ token, ...context }).filter(([, value]) => value !== undefined);
    const form = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
    const headers = { authorization, accept: 'application/json' };
    const { status, body } = await postForm(introspectionEndpoint, form, { headers, withinMs: answeredWithinMs });
    if (status === 200) return introspectionSchema.parse(JSON.parse(body));
    const why = status === 401 ? ': it does not know these credentials; make new ones with resource-server add' : '';
    throw new Error(`The authorization server answered ${status}${why}`);
  };
}
