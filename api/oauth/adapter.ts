import { errors, Provider, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import { appendAudit } from '../../activities/store/audit.ts';
import { auditedAddress } from '../../activities/store/audited-address.ts';
import { endClientSignIns, type SignInEnd } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { OidcPayload, OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { isPolled } from './polled-models.ts';

/** Connects the OAuth provider to its table. Whatever revokes a grant ends the sign-in that it stands for. */
export function adapterFactory({
  db,
  payloads,
  now,
}: {
  db: Db;
  payloads: OidcPayloads;
  now: () => Date;
}): AdapterFactory {
  const endSignIn = (grantId: string): Promise<void> =>
    db.transaction().execute((trx) => endClientSignIns(trx, { grantId }, now(), reasonOfEnd()));
  return (model): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      // The provider's payloads are JSON; their types differ only by name.
      const plain = payload as unknown as OidcPayload;
      const keptSeconds = isPolled(model) ? toldExpiredSeconds : 0;
      const end = expiresIn === undefined ? null : new Date(now().getTime() + (expiresIn + keptSeconds) * 1_000);
      if (model === 'Client') await registerClient({ db, payloads }, id, plain);
      else await payloads.upsert(model, id, plain, end);
    },
    find: async (id) => {
      const payload = asAdapterPayload(await payloads.find(model, 'id', id, now()));
      if (isOwnDoubleSubmit(model, payload, now())) throw new errors.InvalidGrant('already used');
      return payload;
    },
    findByUid: async (uid) => asAdapterPayload(await payloads.find(model, 'uid', uid, now())),
    findByUserCode: async (userCode) => asAdapterPayload(await payloads.find(model, 'user_code', userCode, now())),
    consume: async (id) => {
      // The provider looks before it consumes; of two at the same time, the later one is told here.
      if (!(await payloads.consume(model, id, now()))) throw new errors.InvalidGrant('already consumed');
    },
    destroy: async (id) => {
      if (model === 'Grant') await endSignIn(id);
      await payloads.destroy(model, id);
    },
    revokeByGrantId: async (grantId) => {
      await endSignIn(grantId);
      await payloads.revokeByGrantId(model, grantId);
    },
  });
}

/** The provider ends a sign-in at the token endpoint only for a code or refresh token that was used before. */
function reasonOfEnd(): SignInEnd {
  switch (Provider.ctx?.oidc.route) {
    case 'revocation':
      return 'revoked_by_client';
    case 'token':
      return 'replayed';
    default:
      return 'ended_by_provider';
  }
}

/** Stores a registration with its audit entry. Nobody is signed in, so nobody is its actor. */
async function registerClient(
  { db, payloads }: { db: Db; payloads: OidcPayloads },
  clientId: string,
  metadata: OidcPayload,
): Promise<void> {
  const { client_name: name = null, redirect_uris: uris = [] } = metadata;
  await db.transaction().execute(async (trx) => {
    await payloads.in(trx).upsert('Client', clientId, metadata, null);
    const data = { name, redirect_uris: Array.isArray(uris) ? uris.map(auditedAddress) : [] };
    await appendAudit(trx, { type: 'client.registered', actor: 'anonymous', clientId, data });
  });
}

/** What a client exchanges for tokens, once. */
const usedOnce: readonly string[] = [
  'AuthorizationCode',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
  'RefreshToken',
];

/** How long its client is told that one has expired, and not that there is none. */
const toldExpiredSeconds = 60 * 60;

/** A client that sends the same code or refresh token again so soon has lost an answer, or asks twice at once. */
const doubleSubmitSeconds = 10;

/**
 * Whether a used code or refresh token comes again as clients send it twice by themselves. It is refused like any other
 * replay, but nothing else ends by it: else a lost answer would cost the sign-in (RFC 9700 section 4.14.2 lets one choose).
 */
function isOwnDoubleSubmit(model: string, payload: AdapterPayload | undefined, now: Date): boolean {
  if (!usedOnce.includes(model)) return false;
  const consumed: unknown = payload?.consumed;
  if (typeof consumed !== 'number' || Provider.ctx?.oidc.route !== 'token') return false;
  return now.getTime() / 1_000 - consumed < doubleSubmitSeconds;
}

function asAdapterPayload(payload: OidcPayload | undefined): AdapterPayload | undefined {
  return payload;
}
