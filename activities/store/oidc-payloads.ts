import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { openText, sealText, type AtRestKey } from './at-rest.ts';
import type { DbOrTrx } from './connect.ts';

/** What the OAuth provider stores of a model: plain JSON. */
export interface OidcPayload {
  [key: string]: unknown;
  consumed?: number;
  grantId?: string;
  uid?: string;
  userCode?: string;
  accountId?: string;
  clientId?: string;
}

/** How a payload is looked up. */
export type OidcKey = 'id' | 'uid' | 'user_code';

/**
 * Stores the OAuth provider's payloads (codes, refresh tokens, sessions, interactions): found by digests only and
 * encrypted at rest, so that the table alone signs nobody in (RULES 12).
 */
export class OidcPayloads {
  readonly #db: DbOrTrx;
  readonly #key: AtRestKey;

  constructor(db: DbOrTrx, key: AtRestKey) {
    this.#db = db;
    this.#key = key;
  }

  /** The same store within a transaction. */
  in(trx: DbOrTrx): OidcPayloads {
    return new OidcPayloads(trx, this.#key);
  }

  async upsert(model: string, id: string, payload: OidcPayload, expiresAt: Date | null): Promise<void> {
    const hashed = oidcDigest(id);
    const row = {
      payload: sealText(this.#key, JSON.stringify(payload), contextOf(model, hashed)),
      grant_id: digestOrNull(payload.grantId),
      uid: digestOrNull(payload.uid),
      user_code: digestOrNull(payload.userCode),
      account_id: payload.accountId ?? null,
      expires_at: expiresAt,
    };
    await this.#db
      .insertInto('oidc_payloads')
      .values({ model, id: hashed, consumed_at: null, ...row })
      .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(row))
      .execute();
  }

  /** The living payload of a model, by its id, its `uid` or its user code. */
  async find(model: string, key: OidcKey, value: string, now: Date): Promise<OidcPayload | undefined> {
    const row = await this.#db
      .selectFrom('oidc_payloads')
      .select(['id', 'payload', 'consumed_at'])
      .where('model', '=', model)
      .where(key, '=', oidcDigest(value))
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const payload = this.#open(model, row);
    return row.consumed_at === null ? payload : { ...payload, consumed: Math.floor(row.consumed_at.getTime() / 1000) };
  }

  /** Marks as used. Returns `false` when it was used already: of two at the same time, one wins. */
  async consume(model: string, id: string, now: Date): Promise<boolean> {
    const row = await this.#db
      .updateTable('oidc_payloads')
      .set({ consumed_at: now })
      .where('model', '=', model)
      .where('id', '=', oidcDigest(id))
      .where('consumed_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async destroy(model: string, id: string): Promise<void> {
    await this.#db.deleteFrom('oidc_payloads').where('model', '=', model).where('id', '=', oidcDigest(id)).execute();
  }

  /** Removes every token and code of a grant. */
  async revokeByGrantId(model: string, grantId: string): Promise<void> {
    await this.#db
      .deleteFrom('oidc_payloads')
      .where('model', '=', model)
      .where('grant_id', '=', oidcDigest(grantId))
      .execute();
  }

  /** The living payloads of a model under these digests of their ids, by those. */
  async byDigest(model: string, digests: readonly string[], now: Date): Promise<Map<string, OidcPayload>> {
    if (digests.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('oidc_payloads')
      .select(['id', 'payload'])
      .where('model', '=', model)
      .where('id', 'in', digests)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
      .execute();
    return new Map(rows.map((row) => [row.id, this.#open(model, row)]));
  }

  /** Removes a person's provider sessions, and what their grants to these clients consist of. */
  async endAccount(subject: string, clientIds: readonly string[] | 'all'): Promise<void> {
    const rows = await this.#db
      .selectFrom('oidc_payloads')
      .select(['model', 'id', 'payload'])
      .where('account_id', '=', subject)
      .execute();
    const ended = rows.filter((row) => {
      if (clientIds === 'all' || row.model === 'Session' || row.model === 'Interaction') return true;
      const { clientId } = this.#open(row.model, row);
      return clientId !== undefined && clientIds.includes(clientId);
    });
    for (const { model, id } of ended) {
      await this.#db.deleteFrom('oidc_payloads').where('model', '=', model).where('id', '=', id).execute();
    }
  }

  #open(model: string, row: { id: string; payload: string }): OidcPayload {
    return JSON.parse(openText(this.#key, row.payload, contextOf(model, row.id))) as OidcPayload;
  }
}

/** Removes what has expired. Call it now and then. */
export async function deleteExpiredOidcPayloads(db: DbOrTrx): Promise<void> {
  await db
    .deleteFrom('oidc_payloads')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
}

function contextOf(model: string, hashedId: string): string {
  return `oidc_payloads:${model}:${hashedId}`;
}

/** Under what a payload is found. */
export function oidcDigest(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}

function digestOrNull(value: string | undefined): string | null {
  return value === undefined ? null : oidcDigest(value);
}
