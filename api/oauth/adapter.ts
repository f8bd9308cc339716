import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import type { OidcPayload, OidcPayloads } from '../../activities/store/oidc-payloads.ts';

/** Connects the OAuth provider to its table. */
export function adapterFactory(payloads: OidcPayloads, now: () => Date): AdapterFactory {
  return (model): Adapter => ({
    // The provider's payloads are JSON; their types differ only by name.
    upsert: (id, payload, expiresIn) =>
      payloads.upsert(
        model,
        id,
        payload as unknown as OidcPayload,
        expiresIn === undefined ? null : new Date(now().getTime() + expiresIn * 1_000),
      ),
    find: async (id) => asAdapterPayload(await payloads.find(model, 'id', id, now())),
    findByUid: async (uid) => asAdapterPayload(await payloads.find(model, 'uid', uid, now())),
    findByUserCode: async (userCode) => asAdapterPayload(await payloads.find(model, 'user_code', userCode, now())),
    consume: async (id) => {
      // The provider looks before it consumes; of two at the same time, the later one is told here.
      if (!(await payloads.consume(model, id, now()))) throw new errors.InvalidGrant('already consumed');
    },
    destroy: (id) => payloads.destroy(model, id),
    revokeByGrantId: (grantId) => payloads.revokeByGrantId(model, grantId),
  });
}

function asAdapterPayload(payload: OidcPayload | undefined): AdapterPayload | undefined {
  return payload;
}
