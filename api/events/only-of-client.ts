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
  const idsOf = (kind: 'request' | 'grant'): string[] => of.filter((event) => event.kind === kind).map(({ id }) => id);
  const [requests, grants] = [idsOf('request'), idsOf('grant')];
  const [ownRequests, ownGrants] = await Promise.all([
    requests.length === 0
      ? []
      : db
          .selectFrom('scope_requests')
          .select('request_id as id')
          .where('request_id', 'in', requests)
          .where('client_id', '=', clientId)
          .execute(),
    grants.length === 0
      ? []
      : db
          .selectFrom('grants')
          .select('grant_id as id')
          .where('grant_id', 'in', grants)
          .where('client_id', '=', clientId)
          .execute(),
  ]);
  const own = new Set([...ownRequests, ...ownGrants].map(({ id }) => id));
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
