import { openText, sealText, type AtRestKey } from './at-rest.ts';
import type { DbOrTrx } from './connect.ts';

/** What a client's site said about it when it last said something good. */
export interface ClientDocument {
  client_id: string;
  document: string;
  fetched_at: Date;
  /** By its own word, within ours; afterwards it only stands in for a site that fails. */
  fresh_until: Date;
}

/** How long one may stand in for a site that fails, after it would have been asked again. */
export const standInMs = 24 * 60 * 60 * 1_000;

/** How long one counts at most before its site is asked again. */
export const longestFreshMs = 24 * 60 * 60 * 1_000;

/**
 * Keeps the documents of clients. They say where codes may go, so each is encrypted at rest, bound to its client and its
 * times: who can write to the table without the key can only have a site asked again.
 */
export class ClientDocuments {
  readonly #db: DbOrTrx;
  readonly #key: AtRestKey;

  constructor(db: DbOrTrx, key: AtRestKey) {
    this.#db = db;
    this.#key = key;
  }

  /** The one of that client. What is not as it was kept, or from the future, is forgotten. */
  async find(clientId: string, now: Date): Promise<ClientDocument | undefined> {
    const row = await this.#db
      .selectFrom('client_documents')
      .selectAll()
      .where('client_id', '=', clientId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const document = this.#open(row);
    if (document === undefined || row.fetched_at > now) {
      await this.#db
        .deleteFrom('client_documents')
        .where('client_id', '=', clientId)
        .where('sealed', '=', row.sealed)
        .execute();
      return undefined;
    }
    const { fetched_at } = row;
    const freshUntil = Math.min(row.fresh_until.getTime(), fetched_at.getTime() + longestFreshMs);
    return { client_id: clientId, document, fetched_at, fresh_until: new Date(freshUntil) };
  }

  /** Keeps it in place of an older one; a newer one stays. */
  async keep(kept: ClientDocument): Promise<void> {
    const { client_id, document, fetched_at, fresh_until } = kept;
    const row = { sealed: sealText(this.#key, document, contextOf(kept)), fetched_at, fresh_until };
    await this.#db
      .insertInto('client_documents')
      .values({ client_id, ...row })
      .onConflict((conflict) =>
        conflict.column('client_id').doUpdateSet(row).where('client_documents.fetched_at', '<=', fetched_at),
      )
      .execute();
  }

  /** Forgets what was fetched by then: its site has said something else. */
  async drop(clientId: string, by: Date): Promise<void> {
    await this.#db
      .deleteFrom('client_documents')
      .where('client_id', '=', clientId)
      .where('fetched_at', '<=', by)
      .execute();
  }

  #open(row: { sealed: string } & Pick<ClientDocument, 'client_id' | 'fetched_at' | 'fresh_until'>) {
    try {
      return openText(this.#key, row.sealed, contextOf(row));
    } catch {
      return undefined;
    }
  }
}

/** Forgets those that can stand in for nothing any more. */
export async function deleteOldClientDocuments(db: DbOrTrx, now: Date): Promise<void> {
  await db
    .deleteFrom('client_documents')
    .where('fresh_until', '<', new Date(now.getTime() - standInMs))
    .execute();
}

function contextOf(row: Pick<ClientDocument, 'client_id' | 'fetched_at' | 'fresh_until'>): string {
  return `client_documents:${JSON.stringify([row.client_id, row.fetched_at.getTime(), row.fresh_until.getTime()])}`;
}
