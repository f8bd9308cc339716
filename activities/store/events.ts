import type { DbOrTrx } from './connect.ts';
import type { EventKind } from './schema.ts';

/** Tells live views, at commit, that something changed: ids only. */
export async function announce(
  db: DbOrTrx,
  event: { kind: EventKind; id: string; subject: string; scopes?: readonly string[] },
): Promise<void> {
  await db
    .insertInto('events')
    .values({ kind: event.kind, id: event.id, subject: event.subject, scopes: [...(event.scopes ?? [])] })
    .execute();
}
