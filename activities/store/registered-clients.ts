import { createHash, randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import { appendAudit } from './audit.ts';
import { auditedAddress } from './audited-address.ts';
import type { Db, DbOrTrx } from './connect.ts';
import type { RegisteredClientsTable } from './schema.ts';

/** A client that the owner of the database has registered. */
export type RegisteredClient = Selectable<RegisteredClientsTable>;

/** Registers a client. Only the owner may; audited. @returns its id, and the secret, which is stored nowhere. */
export async function addRegisteredClient(
  db: Db,
  client: { name: string; redirectUris: readonly string[]; background: boolean },
  now: Date,
): Promise<{ clientId: string; secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  const clientId = `client-${randomBytes(6).toString('hex')}`;
  const { name, redirectUris, background } = client;
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('registered_clients')
      .values({
        client_id: clientId,
        name,
        secret_digest: clientSecretDigest(secret),
        redirect_uris: [...redirectUris],
        background,
        created_at: now,
      })
      .execute();
    // The owner vouches for the name.
    await trx.insertInto('client_states').values({ client_id: clientId, name }).execute();
    const data = { name, redirect_uris: redirectUris.map(auditedAddress), background };
    await appendAudit(trx, { type: 'client.registered', actor: 'system', clientId, data });
  });
  return { clientId, secret };
}

/** Removes one, from this moment on. Only the owner may; audited. */
export async function removeRegisteredClient(db: Db, clientId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const removed = await trx
      .deleteFrom('registered_clients')
      .where('client_id', '=', clientId)
      .returning('name')
      .executeTakeFirst();
    if (removed === undefined) return false;
    // Tokens of a client that nobody lets act for them count no longer.
    await trx.deleteFrom('client_consents').where('client_id', '=', clientId).execute();
    await appendAudit(trx, { type: 'client.removed', actor: 'system', clientId, data: { name: removed.name } });
    return true;
  });
}

/** All of them, by age. */
export async function listRegisteredClients(db: DbOrTrx): Promise<RegisteredClient[]> {
  return db.selectFrom('registered_clients').selectAll().orderBy('created_at').execute();
}

/** The one of that id. */
export async function findRegisteredClient(db: DbOrTrx, clientId: string): Promise<RegisteredClient | undefined> {
  return db.selectFrom('registered_clients').selectAll().where('client_id', '=', clientId).executeTakeFirst();
}

/** What is stored of a secret. */
export function clientSecretDigest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
