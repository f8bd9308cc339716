import type { Db } from '../../activities/store/connect.ts';
import type { StoredEvent } from '../../activities/store/event-feed.ts';

/**
 * Of a person's events those that other people's client may know of: its own requests and grants, what becomes of itself,
 * of the account and of everybody (RULES 9). What the person does at other clients, and in the chat, is not told.
 */
export async function onlyOfClient(
  db: Db,
  { subject, clientId }: { subject: string; clientId: string },
  events: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  const of = events.filter((event) => event.subject === subject || event.kind === 'freeze');
  const ids = of.filter(({ kind }) => kind === 'request' || kind === 'grant').map(({ id }) => id);
  const own = ids.length === 0 ? new Set() : await ownIds(db, clientId, ids);
  return of.filter((event) => {
    switch (event.kind) {
      case 'request':
      case 'grant':
        return own.has(event.id);
      case 'client':
        return event.id === clientId;
      case 'chat_session':
        return false;
      case 'freeze':
      case 'person':
      case 'policy':
      case 'sign_out':
        return true;
      default:
        return event.kind satisfies never;
    }
  });
}

/** Those of them that are requests or grants of this client. */
async function ownIds(db: Db, clientId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('scope_requests')
    .select('request_id as id')
    .where('request_id', 'in', ids)
    .where('client_id', '=', clientId)
    .unionAll((query) =>
      query
        .selectFrom('grants')
        .select('grant_id as id')
        .where('grant_id', 'in', ids)
        .where('client_id', '=', clientId),
    )
    .execute();
  return new Set(rows.map(({ id }) => id));
}
