import type { z } from 'zod';
import type { Db } from '../../activities/store/connect.ts';
import type { PersonName } from '../../activities/store/people-names.ts';
import type { timelineEntrySchema } from '../contract/scope-requests.ts';

/** What happened to a request, oldest first, with people named by their e-mail address. */
export async function timelineOf(
  db: Db,
  requestId: string,
  names: (subjects: string[]) => Promise<Map<string, PersonName>>,
): Promise<z.infer<typeof timelineEntrySchema>[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['at', 'type', 'actor', 'data'])
    .where('request_id', '=', requestId)
    .orderBy('position')
    .limit(200)
    .execute();
  const known = await names(rows.map(({ actor }) => actor));
  return rows.map(({ at, type, actor, data }) => ({
    at: at.toISOString(),
    type,
    actor: known.get(actor)?.email ?? actor,
    data,
  }));
}
