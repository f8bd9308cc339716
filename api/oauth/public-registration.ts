import { randomUUID } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Ways to authenticate at the token endpoint that take a secret from the server. */
const secretMethods: readonly unknown[] = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];

/**
 * Registration of public clients only: a secret handed to whoever asks for one proves nothing. A client that asks for one
 * is registered without (RFC 7591 section 2 lets the server replace what it is asked for, and the answer says so); any
 * other way of authenticating is refused by the provider. There is nothing to manage later, so no registration token.
 */
export const publicRegistration = {
  enabled: true,
  issueRegistrationAccessToken: false,
  // The one hook before the provider looks whether the client needs a secret.
  idFactory: (ctx: KoaContextWithOIDC): string => {
    const { body } = ctx.oidc;
    if (body !== undefined) {
      const method = body['token_endpoint_auth_method'];
      if (method === undefined || secretMethods.includes(method)) body['token_endpoint_auth_method'] = 'none';
      delete body['client_secret'];
    }
    return randomUUID();
  },
} as const;
