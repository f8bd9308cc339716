import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Selectable } from 'kysely';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { appendAudit } from './audit.ts';
import type { Db, DbOrTrx } from './connect.ts';
import { livePolicy, livePolicyKey, policyOfKey } from './policies.ts';
import type { ResourceServersTable } from './schema.ts';

/** A resource server's credentials without its secret. */
export type ResourceServer = Pick<Selectable<ResourceServersTable>, 'client_id' | 'resource' | 'created_at'>;

/**
 * Makes credentials for a resource server that live policy names. A resource may have several, so that one can be
 * replaced without a gap. Only the owner may; audited.
 *
 * @returns them with the secret, which is stored nowhere.
 * @throws {DomainError} `not_found` when policy names no such resource.
 */
export async function addResourceServer(
  db: Db,
  resource: string,
  now: Date,
): Promise<{ clientId: string; secret: string; identifier: string; others: number }> {
  const secret = randomBytes(32).toString('base64url');
  const clientId = `${resource}-${randomBytes(6).toString('hex')}`;
  return db.transaction().execute(async (trx) => {
    const { resources = {} } = await livePolicy(trx);
    const listed = Object.hasOwn(resources, resource) ? resources[resource] : undefined;
    if (listed === undefined) throw new DomainError('not_found', `The live policy names no resource "${resource}".`);
    const others = (await listResourceServers(trx)).filter((server) => server.resource === resource);
    await trx
      .insertInto('resource_servers')
      .values({ client_id: clientId, resource, secret_digest: digestOf(secret), created_at: now })
      .execute();
    await appendAudit(trx, { type: 'resource_server.added', actor: 'system', clientId, data: { resource } });
    return { clientId, secret, identifier: listed.identifier, others: others.length };
  });
}

/** Removes credentials by their id, or all of a resource, from this moment on. Only the owner may; audited. */
export async function removeResourceServers(db: Db, idOrResource: string): Promise<ResourceServer[]> {
  return db.transaction().execute(async (trx) => {
    const removed = await trx
      .deleteFrom('resource_servers')
      .where((row) => row.or([row('client_id', '=', idOrResource), row('resource', '=', idOrResource)]))
      .returning(['client_id', 'resource', 'created_at'])
      .execute();
    for (const { client_id: clientId, resource } of removed) {
      await appendAudit(trx, { type: 'resource_server.removed', actor: 'system', clientId, data: { resource } });
    }
    return removed;
  });
}

/** All of them, by resource and age. */
export async function listResourceServers(db: DbOrTrx): Promise<ResourceServer[]> {
  return db
    .selectFrom('resource_servers')
    .select(['client_id', 'resource', 'created_at'])
    .orderBy('resource')
    .orderBy('created_at')
    .execute();
}

/** The resource server whose credentials these are, and the live policy, in one reading: it asks at every call. */
export async function checkResourceServer(
  db: Db,
  given: { clientId: string; secret: string },
): Promise<{ server: ResourceServer; policy: Policy } | undefined> {
  const row = await db
    .selectFrom('resource_servers')
    .select(['client_id', 'resource', 'created_at', 'secret_digest'])
    .select(livePolicyKey)
    .where('client_id', '=', given.clientId)
    .executeTakeFirst();
  const right = timingSafeEqual(digestOf(given.secret), row?.secret_digest ?? Buffer.alloc(32));
  if (row === undefined || !right) return undefined;
  const { client_id, resource, created_at, policyKey } = row;
  return { server: { client_id, resource, created_at }, policy: await policyOfKey(db, policyKey) };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
