import type { Selectable } from 'kysely';
import type { DbOrTrx } from './connect.ts';
import type { ClientDocumentsTable } from './schema.ts';

/** What a client's site said about it when it last said something good. */
export type ClientDocument = Selectable<ClientDocumentsTable>;

/** How long one may stand in for a site that fails, after it would have been asked again. */
export const standInMs = 24 * 60 * 60 * 1_000;

/** The one of that client. */
export async function findClientDocument(db: DbOrTrx, clientId: string): Promise<ClientDocument | undefined> {
  return db.selectFrom('client_documents').selectAll().where('client_id', '=', clientId).executeTakeFirst();
}

/** Keeps it in place of an older one; a newer one stays. */
export async function keepClientDocument(db: DbOrTrx, kept: ClientDocument): Promise<void> {
  const { document, fetched_at, fresh_until } = kept;
  await db
    .insertInto('client_documents')
    .values(kept)
    .onConflict((conflict) =>
      conflict
        .column('client_id')
        .doUpdateSet({ document, fetched_at, fresh_until })
        .where('client_documents.fetched_at', '<=', fetched_at),
    )
    .execute();
}

/** Forgets what was fetched by then: its site has said something else. */
export async function dropClientDocument(db: DbOrTrx, clientId: string, by: Date): Promise<void> {
  await db.deleteFrom('client_documents').where('client_id', '=', clientId).where('fetched_at', '<=', by).execute();
}

/** Forgets those that can stand in for nothing any more. */
export async function deleteOldClientDocuments(db: DbOrTrx, now: Date): Promise<void> {
  await db
    .deleteFrom('client_documents')
    .where('fresh_until', '<', new Date(now.getTime() - standInMs))
    .execute();
}
