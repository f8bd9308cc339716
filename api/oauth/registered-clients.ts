import { timingSafeEqual } from 'node:crypto';
import type { AdapterFactory, AdapterPayload, Provider } from 'oidc-provider';
import type { Db } from '../../activities/store/connect.ts';
import {
  clientSecretDigest,
  findRegisteredClient,
  type RegisteredClient,
} from '../../activities/store/registered-clients.ts';

/** OpenID Connect Client-Initiated Backchannel Authentication, section 4. */
export const backgroundGrant = 'urn:openid:params:grant-type:ciba';

/** Says that what follows is a digest: no secret of another client looks like this. */
const digestMark = 'sha256:';

/** Finds clients that the owner has registered beside those that registered themselves. */
export function withRegisteredClients(factory: AdapterFactory, db: Db): AdapterFactory {
  return (model) => {
    const adapter = factory(model);
    if (model !== 'Client') return adapter;
    return {
      ...adapter,
      find: async (id) => {
        const found = await adapter.find(id);
        if (found !== undefined) return found;
        const registered = await findRegisteredClient(db, id);
        return registered === undefined ? undefined : metadataOf(registered);
      },
    };
  };
}

/** Compares the secrets of those clients with the digests that are stored of them. */
export function compareDigests(provider: Provider): void {
  const { prototype } = provider.Client as unknown as {
    prototype: { clientSecret?: string; compareClientSecret(this: { clientSecret?: string }, actual: string): unknown };
  };
  const { compareClientSecret: compare } = prototype;
  prototype.compareClientSecret = function (actual) {
    const { clientSecret = '' } = this;
    if (!clientSecret.startsWith(digestMark)) return compare.call(this, actual);
    const stored = Buffer.from(clientSecret.slice(digestMark.length), 'base64url');
    return timingSafeEqual(stored, clientSecretDigest(actual));
  };
}

/** Whether these are the metadata of such a client: nobody else's can hold a secret of this form. */
export function isRegisteredByOwner(metadata: { client_secret?: unknown }): boolean {
  return typeof metadata.client_secret === 'string' && metadata.client_secret.startsWith(digestMark);
}

function metadataOf(client: RegisteredClient): AdapterPayload {
  const hasBrowser = client.redirect_uris.length > 0;
  return {
    client_id: client.client_id,
    client_name: client.name,
    client_secret: `${digestMark}${client.secret_digest.toString('base64url')}`,
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: client.redirect_uris,
    response_types: hasBrowser ? ['code'] : [],
    grant_types: [
      ...(hasBrowser ? ['authorization_code'] : []),
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
      ...(client.background ? [backgroundGrant] : []),
    ],
    ...(client.background ? { backchannel_token_delivery_mode: 'poll' } : {}),
  };
}
